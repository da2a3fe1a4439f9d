// Counters for the tests of the history.
#ifndef CBV_TESTS_CACHE_HISTORY_COUNTED_HPP
#define CBV_TESTS_CACHE_HISTORY_COUNTED_HPP

#include <chrono>
#include <cstdint>
#include <random>

#include "cbv/counting/cells.hpp"
#include "cbv/counting/counters.hpp"

namespace cbv::cache::sample {

/// So many calls of recipients, all answered from memory.
inline counters calls(std::uint64_t number) {
  counters made;
  made.recipient.calls = number;
  made.recipient.cached = number;
  made.recipient.of(status::deliverable) = number;
  made.recipient.of(reason::accepted) = number;
  return made;
}

/// Some cells, with small and with large numbers.
inline counters anything(std::mt19937_64& random) {
  counters made;
  for_each_cell(made, [&random](cell_number, std::uint64_t& value) {
    if (random() % 10 == 0) value = random() >> (random() % 40 + 20);
  });
  return made;
}

}  // namespace cbv::cache::sample

#endif
