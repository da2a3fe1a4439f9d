#include "tools/cbv-sim/pattern.hpp"

#include <algorithm>
#include <charconv>
#include <limits>
#include <system_error>

#include "cbv/base/ascii.hpp"
#include "tools/cbv-sim/reader.hpp"

namespace cbv::sim {
namespace {

constexpr std::uint64_t number_most = std::numeric_limits<std::uint32_t>::max();

// Each * is a loop over what a client sent.
constexpr std::ptrdiff_t stars_max = 2;

// The number that `text` begins with, if it has no leading zero; `length` is how many digits it
// has.
std::optional<std::uint64_t> leading_number(std::string_view text, std::size_t& length) {
  std::uint64_t value = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  length = static_cast<std::size_t>(stop - text.data());
  if (problem != std::errc() || (text[0] == '0' && length > 1)) return std::nullopt;
  return value;
}

// Calls `literal` with each text between braces and `inside` with what stands in each pair.
template <class Literal, class Inside>
void walk_braces(std::string_view form, Literal literal, Inside inside) {
  while (!form.empty()) {
    const std::size_t open = std::min(form.find('{'), form.size());
    if (open > 0) literal(form.substr(0, open));
    form.remove_prefix(open);
    if (form.empty()) return;
    const std::size_t close = form.find('}');
    if (close == std::string_view::npos) throw complaint("expected } after {");
    inside(form.substr(1, close - 1));
    form.remove_prefix(close + 1);
  }
}

std::uint64_t read_divisor(std::string_view inside) {
  if (inside.size() < 2 || inside[0] != '%') throw complaint("expected {} or {%N}");
  const std::uint64_t divisor = read_number(inside.substr(1), number_most, "a number");
  if (divisor == 0) throw complaint("expected a number above 0 in {%N}");
  return divisor;
}

}  // namespace

pattern::pattern(std::string_view form) : text_(ascii::to_lower(form)) {
  const auto add_literal = [this](std::string_view part) {
    while (!part.empty()) {
      const std::size_t star = std::min(part.find('*'), part.size());
      if (star > 0) pieces_.push_back({piece::literal, std::string(part.substr(0, star)), 0, 0});
      if (star < part.size()) pieces_.push_back({piece::any, "", 0, 0});
      part.remove_prefix(std::min(star + 1, part.size()));
    }
  };
  const auto add_range = [this](std::string_view inside) {
    const std::size_t dash = inside.find('-');
    if (dash == std::string_view::npos) {
      throw complaint("expected a range such as {0-99} in '" + ascii::printable(text_) + "'");
    }
    if (number_max() > 0) throw complaint("expected one range at most in a name");
    const std::uint64_t low = read_number(inside.substr(0, dash), number_most, "a number");
    const std::uint64_t high = read_number(inside.substr(dash + 1), number_most, "a number");
    if (low >= high) throw complaint("expected a range from a lower to a higher number");
    pieces_.push_back({piece::number, "", low, high});
  };
  walk_braces(text_, add_literal, add_range);
  if (pieces_.empty()) pieces_.push_back({});
  const auto stars = std::count(text_.begin(), text_.end(), '*');
  if (stars > stars_max) throw complaint("expected two * at most in a name");
}

std::uint64_t pattern::number_max() const noexcept {
  std::uint64_t most = 0;
  for (const piece& each : pieces_) most = std::max(most, each.high);
  return most;
}

std::optional<std::uint64_t> pattern::match(std::string_view text) const {
  std::uint64_t number = 0;
  if (!match_from(0, text, number)) return std::nullopt;
  return number;
}

bool pattern::match_from(std::size_t at, std::string_view rest, std::uint64_t& number) const {
  for (; at < pieces_.size(); ++at) {
    const piece& each = pieces_[at];
    if (each.kind == piece::literal) {
      if (!rest.starts_with(each.text)) return false;
      rest.remove_prefix(each.text.size());
    } else if (each.kind == piece::number) {
      std::size_t length = 0;
      const auto value = leading_number(rest, length);
      if (!value || *value < each.low || *value > each.high) return false;
      number = *value;
      rest.remove_prefix(length);
    } else {
      if (at + 1 == pieces_.size()) return true;
      for (std::size_t skip = 0; skip <= rest.size(); ++skip) {
        if (match_from(at + 1, rest.substr(skip), number)) return true;
      }
      return false;
    }
  }
  return rest.empty();
}

std::string with_number(std::string_view form, std::uint64_t number) {
  std::string out;
  walk_braces(
      form, [&](std::string_view part) { out += part; },
      [&](std::string_view inside) {
        out += std::to_string(inside.empty() ? number : number % read_divisor(inside));
      });
  return out;
}

void check_form(std::string_view form) {
  walk_braces(
      form, [](std::string_view) {},
      [](std::string_view inside) {
        if (!inside.empty()) read_divisor(inside);
      });
}

bool has_number(std::string_view form) noexcept {
  return form.find('{') != std::string_view::npos;
}

}  // namespace cbv::sim
