#include "cache/history/history_record.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "cache/records/fields.hpp"
#include "cbv/base/error.hpp"

namespace cbv::cache {
namespace {

using cell = history_record::cell;

constexpr std::uint64_t number_max = std::numeric_limits<cell_number>::max();

/// Those that are not zero, in the order of their numbers.
std::vector<cell> cells_of(const history_record& held) {
  std::vector<cell> all = held.unknown;
  counters counted = held.counted;
  for_each_cell(counted, [&all](cell_number number, std::uint64_t& value) {
    if (value != 0) all.push_back({number, value});
  });
  std::sort(all.begin(), all.end(),
            [](const cell& one, const cell& other) { return one.number < other.number; });
  return all;
}

/// The counters; what is none of theirs stays.
counters take_known(std::vector<cell>& cells) {
  counters known;
  for_each_cell(known, [&cells](cell_number number, std::uint64_t& value) {
    const auto at =
        std::lower_bound(cells.begin(), cells.end(), number,
                         [](const cell& one, cell_number wanted) { return one.number < wanted; });
    if (at == cells.end() || at->number != number) return;
    value = std::exchange(at->value, 0);
  });
  std::erase_if(cells, [](const cell& one) { return one.value == 0; });
  return known;
}

}  // namespace

std::string encode_history_record(std::string_view key, const history_record& held) {
  const std::vector<cell> cells = cells_of(held);
  field_writer out(16 + 4 * cells.size());
  out.number(history_record_version);
  out.varint(cells.size());
  std::uint64_t last = 0;
  for (const cell& each : cells) {
    out.varint(each.number - last);
    out.varint(each.value);
    last = each.number;
  }
  return out.take_signed(key);
}

result<history_record> decode_history_record(std::string_view key, std::string_view octets) {
  const auto body = signed_body(key, octets);
  if (!body) return errc::record_corrupt;
  field_reader in(*body);
  if (in.number<std::uint8_t>() != history_record_version) return errc::record_corrupt;
  std::vector<cell> cells;
  std::uint64_t last = 0;
  for (std::uint64_t left = in.varint(); left > 0; --left) {
    const std::uint64_t step = in.varint();
    const std::uint64_t value = in.varint();
    if (!in.good() || step == 0 || step > number_max - last || value == 0) {
      return errc::record_corrupt;
    }
    last += step;
    cells.push_back({static_cast<cell_number>(last), value});
  }
  if (!in.good()) return errc::record_corrupt;
  history_record read;
  read.counted = take_known(cells);
  read.unknown = std::move(cells);
  return read;
}

}  // namespace cbv::cache
