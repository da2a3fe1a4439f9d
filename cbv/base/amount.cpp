#include "cbv/base/amount.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace cbv {
namespace {

struct unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array time_units{unit{"d", 86'400'000}, unit{"h", 3'600'000}, unit{"m", 60'000},
                                unit{"s", 1'000}, unit{"ms", 1}};
constexpr std::array size_units{unit{"TiB", 1ULL << 40U}, unit{"GiB", 1ULL << 30U},
                                unit{"MiB", 1ULL << 20U}, unit{"KiB", 1ULL << 10U}, unit{"B", 1}};

template <class Units>
std::string amount_text(std::uint64_t amount, const Units& units) {
  for (const unit& one : units) {
    if (amount != 0 && amount % one.factor == 0) {
      return std::to_string(amount / one.factor) + std::string(one.name);
    }
  }
  return "0" + std::string(units.back().name);
}

template <class Units>
std::optional<std::uint64_t> parse_amount(std::string_view text, const Units& units) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc()) return std::nullopt;
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  for (const unit& one : units) {
    if (name != one.name) continue;
    if (number >
        static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / one.factor) {
      return std::nullopt;
    }
    return number * one.factor;
  }
  return std::nullopt;
}

}  // namespace

std::string time_text(std::chrono::milliseconds time) {
  return amount_text(static_cast<std::uint64_t>(time.count()), time_units);
}

std::optional<std::chrono::milliseconds> parse_time(std::string_view text) {
  const auto amount = parse_amount(text, time_units);
  if (!amount) return std::nullopt;
  return std::chrono::milliseconds(*amount);
}

std::string size_text(std::uint64_t octets) {
  return amount_text(octets, size_units);
}

std::optional<std::uint64_t> parse_size(std::string_view text) {
  return parse_amount(text, size_units);
}

}  // namespace cbv
