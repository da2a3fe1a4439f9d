#include "cbv/self_test/finding.hpp"

#include <algorithm>

namespace cbv::self_test {

std::string_view to_string(grade of) noexcept {
  switch (of) {
    case grade::ok:
      return "ok";
    case grade::warning:
      return "warning";
    case grade::wrong:
      return "wrong";
    case grade::not_known:
      return "not_known";
  }
  return "unknown";
}

bool is_anything_wrong(const std::vector<finding>& found) noexcept {
  return std::any_of(found.begin(), found.end(),
                     [](const finding& each) { return each.graded == grade::wrong; });
}

}  // namespace cbv::self_test
