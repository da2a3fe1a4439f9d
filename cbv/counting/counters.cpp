#include "cbv/counting/counters.hpp"

#include <vector>

#include "cbv/counting/cells.hpp"

namespace cbv {
namespace {

/// The values of all cells in their order.
std::vector<std::uint64_t> values_of(counters of) {
  std::vector<std::uint64_t> values;
  values.reserve(1024);
  for_each_cell(of, [&values](cell_number, std::uint64_t& value) { values.push_back(value); });
  return values;
}

}  // namespace

counters& counters::operator+=(const counters& other) {
  std::size_t at = 0;
  for_each_cell(*this, [&at, more = values_of(other)](cell_number, std::uint64_t& value) {
    value += more[at++];
  });
  return *this;
}

counters& counters::operator-=(const counters& before) {
  std::size_t at = 0;
  for_each_cell(*this, [&at, less = values_of(before)](cell_number, std::uint64_t& value) {
    value -= less[at++];
  });
  return *this;
}

}  // namespace cbv
