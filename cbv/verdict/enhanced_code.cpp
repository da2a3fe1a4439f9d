#include "cbv/verdict/enhanced_code.hpp"

#include <cstddef>

#include "cbv/base/ascii.hpp"

namespace cbv {

bool is_enhanced_code(std::string_view text) noexcept {
  const auto take_digits = [&text](std::size_t most) {
    std::size_t count = 0;
    while (count < text.size() && ascii::is_digit(text[count])) ++count;
    text.remove_prefix(count);
    return count > 0 && count <= most;
  };
  const auto take_dot = [&text] {
    const bool there = text.starts_with('.');
    if (there) text.remove_prefix(1);
    return there;
  };
  return take_digits(1) && take_dot() && take_digits(3) && take_dot() && take_digits(3) &&
         text.empty();
}

}  // namespace cbv
