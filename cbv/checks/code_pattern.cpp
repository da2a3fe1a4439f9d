#include "cbv/checks/code_pattern.hpp"

#include <cstddef>
#include <optional>

#include "cbv/base/ascii.hpp"

namespace cbv::checks {
namespace {

// Reads from the left; where it cannot, it stays.
class scanner {
 public:
  explicit scanner(std::string_view text) : text_(text) {}

  bool take(std::string_view what) {
    if (!text_.substr(at_).starts_with(what)) return false;
    at_ += what.size();
    return true;
  }

  // 0 to 255, without a sign.
  std::optional<unsigned> take_number() {
    std::size_t end = at_;
    unsigned number = 0;
    while (end < text_.size() && end < at_ + 3 && ascii::is_digit(text_[end])) {
      number = number * 10 + static_cast<unsigned>(text_[end++] - '0');
    }
    if (end == at_ || number > 255) return std::nullopt;
    at_ = end;
    return number;
  }

  bool is_done() const { return at_ == text_.size(); }
  syntax_error error(std::string what) const { return {std::move(what), at_ + 1}; }

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

using number_set = std::bitset<256>;

// "4", "2..11".
std::optional<syntax_error> take_range(scanner& from, number_set& into) {
  const auto first = from.take_number();
  if (!first) return from.error("expected a number from 0 to 255");
  unsigned last = *first;
  if (from.take("..")) {
    const auto end = from.take_number();
    if (!end) return from.error("expected a number from 0 to 255");
    if (*end < *first) return from.error("the range ends before it begins");
    last = *end;
  }
  for (unsigned each = *first; each <= last; ++each) into.set(each);
  return std::nullopt;
}

// "4", "[2..11;15]".
std::optional<syntax_error> take_part(scanner& from, number_set& into) {
  if (!from.take("[")) {
    const auto number = from.take_number();
    if (!number) return from.error("expected a number from 0 to 255, or \"[\"");
    into.set(*number);
    return std::nullopt;
  }
  do {
    if (auto wrong = take_range(from, into)) return wrong;
  } while (from.take(";"));
  if (!from.take("]")) return from.error("expected \"..\", \";\" or \"]\"");
  return std::nullopt;
}

std::uint32_t as_bits(const std::array<number_set, 4>& parts) {
  std::uint32_t bits = 0;
  for (const number_set& part : parts)
    bits = bits << 8U | static_cast<std::uint32_t>(part._Find_first());
  return bits;
}

}  // namespace

parsed<code_pattern> code_pattern::parse(std::string_view text) {
  scanner from(text);
  code_pattern made;
  made.text_ = text;
  const bool has_bits = from.take("&");
  for (std::size_t part = 0; part < made.parts_.size(); ++part) {
    if (part > 0 && !from.take(".")) return from.error("expected \".\"");
    if (auto wrong = take_part(from, made.parts_[part])) return *wrong;
    if (has_bits && made.parts_[part].count() != 1) return from.error("expected one number");
  }
  if (!from.is_done()) return from.error("expected nothing more");
  if (!has_bits) return made;
  made.bits_ = as_bits(made.parts_);
  if (made.bits_ == 0) return from.error("expected at least one bit");
  return made;
}

bool code_pattern::has(const boost::asio::ip::address_v4& code) const noexcept {
  if (bits_ != 0) return (code.to_uint() & bits_) != 0;
  const auto octets = code.to_bytes();
  for (std::size_t part = 0; part < parts_.size(); ++part) {
    if (!parts_[part][octets[part]]) return false;
  }
  return true;
}

}  // namespace cbv::checks
