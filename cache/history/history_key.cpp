#include "cache/history/history_key.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace cbv::cache {
namespace {

// The months before it begin, and end, within 32 bits of seconds.
constexpr wall_time last_countable =
    std::chrono::sys_days(std::chrono::year(2106) / 2 / 1) - std::chrono::seconds(1);

constexpr std::size_t key_octets = 5;

}  // namespace

wall_time countable(wall_time at) noexcept {
  return std::clamp(at, wall_time{}, last_countable);
}

std::string history_key(span of, wall_time at) {
  const auto seconds =
      static_cast<std::uint32_t>(begin_of(of, countable(at)).time_since_epoch().count());
  std::string key(1, static_cast<char>(of));
  for (unsigned shift = 32; shift > 0;) {
    shift -= 8;
    key.push_back(static_cast<char>(seconds >> shift & 0xffU));
  }
  return key;
}

std::optional<period> parse_history_key(std::string_view key) noexcept {
  if (key.size() != key_octets) return std::nullopt;
  std::uint32_t seconds = 0;
  for (const char octet : key.substr(1))
    seconds = seconds << 8U | static_cast<unsigned char>(octet);
  const wall_time from{std::chrono::seconds(seconds)};
  for (const span each : {span::hour, span::day, span::month}) {
    if (key.front() != static_cast<char>(each)) continue;
    if (from > last_countable || !is_begin_of(each, from)) return std::nullopt;
    return period{each, from};
  }
  return std::nullopt;
}

}  // namespace cbv::cache
