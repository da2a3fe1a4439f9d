#include "cbv/checks/list_files.hpp"

#include "cbv/base/ascii.hpp"

namespace cbv::checks {

std::string to_string(const list_fault& wrong) {
  std::string text = ascii::printable(wrong.file);
  if (wrong.line != 0)
    text += ':' + std::to_string(wrong.line) + ':' + std::to_string(wrong.column);
  return text + ": " + wrong.what;
}

}  // namespace cbv::checks
