#include "cbv/address/syntax_error.hpp"

namespace cbv {

std::string to_string(const syntax_error& error) {
  return error.what + " (octet " + std::to_string(error.octet) + ")";
}

}  // namespace cbv
