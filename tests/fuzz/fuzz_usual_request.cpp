// What is read without a general parser means what the general parser says.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "tests/api/as_read_in_general.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (!cbv::api::as_read_in_general(std::string(data, data + size))) std::abort();
  return 0;
}
