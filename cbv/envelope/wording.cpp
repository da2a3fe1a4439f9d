#include "cbv/envelope/wording.hpp"

#include <cstddef>
#include <string>

namespace cbv::envelope {

advice accepted() {
  advice said;
  said.action = action::accept;
  said.code = 250;
  said.enhanced = "2.1.5";
  said.text = "Envelope accepted";
  return said;
}

void carry_id(advice& said, std::string_view id, bool at_end) {
  constexpr std::string_view mark = "%{id}";
  bool is_there = false;
  std::size_t at = said.text.find(mark);
  while (at != std::string::npos) {
    said.text.replace(at, mark.size(), id);
    is_there = true;
    at = said.text.find(mark, at + id.size());
  }
  if (!at_end || is_there || said.action == action::accept) return;
  said.text.append(" (id ").append(id).append(")");
}

}  // namespace cbv::envelope
