#include "cbv/envelope/decision_ids.hpp"

#include <algorithm>

namespace cbv::envelope {
namespace {

constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuv";  // in the order of ASCII
constexpr unsigned digit_bits = 5;
constexpr std::size_t number_digits = 5;

}  // namespace

std::string decision_ids::take(wall_time now) {
  const std::uint64_t second = static_cast<std::uint64_t>(now.time_since_epoch().count());
  const std::uint64_t number = next_.fetch_add(1, std::memory_order_relaxed);
  constexpr std::uint64_t number_mask = (1ULL << (number_digits * digit_bits)) - 1;
  std::uint64_t rest = second << (number_digits * digit_bits) | (number & number_mask);
  std::string id(decision_id_octets, '0');
  for (auto at = id.rbegin(); at != id.rend(); ++at) {
    *at = digits[rest & ((1U << digit_bits) - 1)];
    rest >>= digit_bits;
  }
  return id;
}

bool is_decision_id(std::string_view text) noexcept {
  return text.size() == decision_id_octets && std::all_of(text.begin(), text.end(), [](char c) {
           return digits.find(c) != std::string_view::npos;
         });
}

}  // namespace cbv::envelope
