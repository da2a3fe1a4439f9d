#include "cbv/address/address_literal.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>

#include "cbv/address/character.hpp"
#include "cbv/address/wording.hpp"
#include "cbv/base/ascii.hpp"

namespace cbv {
namespace {

using boost::asio::ip::address;
using boost::asio::ip::address_v4;
using boost::asio::ip::address_v6;

constexpr std::string_view ipv6_tag = "IPv6:";
constexpr std::size_t ipv6_groups = 8;

// Reads forward through the inside of the brackets; `octet` is the place for an error.
class reader {
 public:
  reader(std::string_view text, std::size_t octet) : text_(text), octet_(octet) {}

  bool at_end() const { return text_.empty(); }
  bool next_is(char c) const { return !text_.empty() && text_.front() == c; }
  std::string_view rest() const { return text_; }
  std::size_t octet() const { return octet_; }

  void skip(std::size_t octets) {
    text_.remove_prefix(octets);
    octet_ += octets;
  }

  /// The longest start whose octets are all `wanted`.
  template <class Wanted>
  std::string_view take_while(Wanted wanted) {
    const auto end = std::find_if_not(text_.begin(), text_.end(), wanted);
    const std::string_view taken = text_.substr(0, static_cast<std::size_t>(end - text_.begin()));
    skip(taken.size());
    return taken;
  }

 private:
  std::string_view text_;
  std::size_t octet_;
};

bool is_hex_digit(char c) {
  const char lower = ascii::to_lower(c);
  return ascii::is_digit(c) || (lower >= 'a' && lower <= 'f');
}

std::uint16_t hex_value(std::string_view digits) {
  unsigned value = 0;
  for (const char c : digits) {
    const char lower = ascii::to_lower(c);
    value = value * 16 + static_cast<unsigned>(ascii::is_digit(c) ? c - '0' : lower - 'a' + 10);
  }
  return static_cast<std::uint16_t>(value);
}

// Snum 3("." Snum), to the end.
parsed<address_v4> read_ipv4(reader in) {
  address_v4::bytes_type bytes{};
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i != 0) {
      if (!in.next_is('.')) {
        return syntax_error{"an IPv4 address has four numbers with dots between them", in.octet()};
      }
      in.skip(1);
    }
    const std::size_t octet = in.octet();
    const std::string_view digits = in.take_while(ascii::is_digit);
    if (digits.empty()) return syntax_error{"a number of the IPv4 address is missing", octet};
    if (digits.size() > 3) {
      return syntax_error{"a number of an IPv4 address has three digits at most", octet};
    }
    unsigned value = 0;
    for (const char c : digits) value = value * 10 + static_cast<unsigned>(c - '0');
    if (value > 255) return syntax_error{"a number of an IPv4 address is 255 at most", octet};
    bytes[i] = static_cast<unsigned char>(value);
  }
  if (!in.at_end()) return syntax_error{"the IPv4 address goes on after four numbers", in.octet()};
  return address_v4(bytes);
}

// Groups before and after "::", in the order in which they stand.
struct ipv6_parts {
  std::array<std::uint16_t, ipv6_groups> groups{};
  std::size_t count = 0;
  std::optional<std::size_t> gap;  // how many groups stand before "::"

  bool add(unsigned group) {
    if (count == groups.size()) return false;
    groups[count++] = static_cast<std::uint16_t>(group);
    return true;
  }
};

// IPv4 digits are hexadecimal ones too, so a tail is known by its first dot.
bool ipv4_is_next(std::string_view rest) {
  const std::size_t end = rest.find_first_of(".:");
  return end != std::string_view::npos && rest[end] == '.';
}

parsed<address_v6> assemble(const ipv6_parts& parts, const reader& end) {
  if (parts.gap && parts.count > ipv6_groups - 2) {
    return syntax_error{"\"::\" stands for two groups at least, so that six others are allowed",
                        end.octet()};
  }
  if (!parts.gap && parts.count < ipv6_groups) {
    return syntax_error{"an IPv6 address has eight groups, or \"::\"", end.octet()};
  }
  const std::size_t before = parts.gap.value_or(parts.count);
  address_v6::bytes_type bytes{};
  for (std::size_t i = 0; i < parts.count; ++i) {
    const std::size_t at = i < before ? i : ipv6_groups - parts.count + i;
    bytes[2 * at] = static_cast<unsigned char>(parts.groups[i] >> 8U);
    bytes[2 * at + 1] = static_cast<unsigned char>(parts.groups[i] & 0xffU);
  }
  return address_v6(bytes);
}

// What follows "IPv6:", to the end.
parsed<address_v6> read_ipv6(reader in) {
  ipv6_parts parts;
  const auto read_gap = [&] {
    if (!in.rest().starts_with("::")) return false;
    parts.gap = parts.count;
    in.skip(2);
    return true;
  };
  if (read_gap() && in.at_end()) return assemble(parts, in);
  for (;;) {
    const std::size_t octet = in.octet();
    if (ipv4_is_next(in.rest())) {
      const auto tail = read_ipv4(in);
      if (!tail) return tail.error();
      in.skip(in.rest().size());
      const unsigned long value = tail->to_uint();
      if (!parts.add(static_cast<unsigned>(value >> 16U)) ||
          !parts.add(static_cast<unsigned>(value & 0xffffU))) {
        return syntax_error{"an IPv6 address has six groups at most before its IPv4 tail", octet};
      }
      return assemble(parts, in);
    }
    const std::string_view digits = in.take_while(is_hex_digit);
    if (digits.empty()) {
      return syntax_error{in.next_is(':') ? "a group of the IPv6 address is missing"
                                          : "a hexadecimal group of the IPv6 address is expected",
                          octet};
    }
    if (digits.size() > 4) return syntax_error{"an IPv6 group has four digits at most", octet};
    if (!parts.add(hex_value(digits))) {
      return syntax_error{"an IPv6 address has eight groups at most", octet};
    }
    if (in.at_end()) return assemble(parts, in);
    if (in.rest().starts_with("::")) {
      if (parts.gap) return syntax_error{"\"::\" may stand only once", in.octet()};
      read_gap();
      if (in.at_end()) return assemble(parts, in);
    } else if (in.next_is(':')) {
      in.skip(1);
    } else {
      return syntax_error{quoted(in.rest().front()) + " is not allowed in an IPv6 address",
                          in.octet()};
    }
  }
}

parsed<address> read_inside(reader in) {
  const std::string_view inside = in.rest();
  if (inside.empty()) return syntax_error{"the address literal is empty", in.octet()};
  if (ascii::istarts_with(inside, ipv6_tag)) {
    in.skip(ipv6_tag.size());
    const auto v6 = read_ipv6(in);
    if (!v6) return v6.error();
    return address(*v6);
  }
  const std::size_t colon = inside.find(':');
  if (colon == std::string_view::npos) {
    const auto v4 = read_ipv4(in);
    if (!v4) return v4.error();
    return address(*v4);
  }
  const std::string_view tag = inside.substr(0, colon);
  if (std::all_of(tag.begin(), tag.end(), is_hex_digit)) {
    return syntax_error{"an IPv6 address literal begins with \"IPv6:\"", in.octet()};
  }
  return syntax_error{
      "an address literal is an IPv4 address or begins with \"IPv6:\"; no other "
      "kind is known",
      in.octet()};
}

}  // namespace

parsed<address> parse_address_literal(std::string_view text, std::size_t first_octet) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const character next = first_character(text.substr(i));
    if (!next.fault.empty()) return syntax_error{next.fault, first_octet + i};
    if (is_non_ascii(text[i]) || text[i] == ' ') {
      return syntax_error{"an address literal has no spaces and only ASCII", first_octet + i};
    }
  }
  if (!text.starts_with('[')) return syntax_error{"\"[\" is expected", first_octet};
  const std::size_t close = text.find(']');
  if (close == std::string_view::npos) {
    return syntax_error{"the \"]\" of the address literal is missing", first_octet + text.size()};
  }
  if (close + 1 != text.size()) {
    return syntax_error{"nothing may follow the address literal", first_octet + close + 1};
  }
  return read_inside(reader(text.substr(1, close - 1), first_octet + 1));
}

std::string to_address_literal(const address& of) {
  return (of.is_v6() ? "[IPv6:" : "[") + of.to_string() + "]";
}

}  // namespace cbv
