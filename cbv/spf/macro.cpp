#include "cbv/spf/macro.hpp"

#include <algorithm>
#include <utility>

#include "cbv/base/ascii.hpp"
#include "cbv/dns/name.hpp"

namespace cbv::spf {
namespace {

constexpr std::size_t target_octets_max = 253;  // section 7.3
constexpr std::size_t parts_max_max = 128;      // a name has no more labels
constexpr std::string_view letters = "slodiphv";
constexpr std::string_view explanation_letters = "slodiphvcrt";
constexpr std::string_view delimiter_octets = ".-+,/_=";

bool has(std::string_view octets, char c) {
  return octets.find(c) != std::string_view::npos;
}

// RFC 3986 section 2.3: what a URL has as it is.
bool is_unreserved(char c) {
  return ascii::is_alnum(c) || has("-._~", c);
}

std::string url_escaped(std::string_view text) {
  constexpr char digits[] = "0123456789ABCDEF";
  std::string escaped;
  for (const char c : text) {
    if (is_unreserved(c)) {
      escaped += c;
      continue;
    }
    const auto octet = static_cast<unsigned char>(c);
    escaped += '%';
    escaped += digits[octet >> 4U];
    escaped += digits[octet & 0xfU];
  }
  return escaped;
}

// An IPv6 address as 32 nibbles with dots between; an IPv4 address as ever (section 7.3).
std::string dotted(const boost::asio::ip::address& address) {
  if (address.is_v4()) return address.to_string();
  constexpr char digits[] = "0123456789ABCDEF";
  std::string text;
  for (const auto octet : address.to_v6().to_bytes()) {
    if (!text.empty()) text += '.';
    text += digits[octet >> 4U];
    text += '.';
    text += digits[octet & 0xfU];
  }
  return text;
}

std::string value_of(char letter, const macro_values& values) {
  switch (letter) {
    case 's':
      return values.local_part + '@' + values.sender_domain;
    case 'l':
      return values.local_part;
    case 'o':
      return values.sender_domain;
    case 'd':
      return values.domain;
    case 'i':
      return dotted(values.client);
    case 'p':
      return values.validated_name;
    case 'h':
      return values.helo;
    case 'v':
      return values.client.is_v4() ? "in-addr" : "ip6";
    case 'c':
      return values.client.to_string();
    case 'r':
      return values.receiver;
    case 't':
      return std::to_string(values.now.time_since_epoch().count());
    default:
      return {};
  }
}

// The parts between delimiters, turned round if asked for, the last `parts_max` of them, with dots.
std::string transformed(std::string_view value, std::string_view delimiters, bool reverses,
                        std::size_t parts_max) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t end = std::min(value.find_first_of(delimiters), value.size());
    parts.push_back(value.substr(0, end));
    if (end == value.size()) break;
    value.remove_prefix(end + 1);
  }
  if (reverses) std::reverse(parts.begin(), parts.end());
  const std::size_t first =
      parts_max > 0 && parts_max < parts.size() ? parts.size() - parts_max : 0;
  std::string text;
  for (std::size_t i = first; i < parts.size(); ++i) {
    if (i > first) text += '.';
    text += parts[i];
  }
  return text;
}

// toplabel of section 7.1: letters, digits and inner hyphens, and not digits only.
bool is_top_label(std::string_view label) {
  if (label.empty() || !ascii::is_alnum(label.front()) || !ascii::is_alnum(label.back())) {
    return false;
  }
  return std::all_of(label.begin(), label.end(),
                     [](char c) { return ascii::is_alnum(c) || c == '-'; }) &&
         !std::all_of(label.begin(), label.end(), ascii::is_digit);
}

// "." toplabel ["."] at the end of what follows the last macro.
bool ends_in_top_label(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  const std::size_t dot = text.rfind('.');
  return dot != std::string_view::npos && is_top_label(text.substr(dot + 1));
}

}  // namespace

class macro_string::reader {
 public:
  reader(std::string_view text, std::size_t first_octet, bool is_explanation)
      : text_(text), first_octet_(first_octet), is_explanation_(is_explanation) {}

  parsed<macro_string> read() {
    macro_string made;
    piece current;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c != '%') {
        if (c < '!' || c > '~') {
          if (c != ' ' || !is_explanation_) return wrong("an octet that is not allowed");
        }
        current.text += c;
        ++at_;
        continue;
      }
      const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
      if (next == '{') {
        at_ += 2;
        if (auto failed = read_macro(current)) return *std::move(failed);
        made.pieces_.push_back(std::exchange(current, {}));
      } else if (has("%_-", next)) {
        current.text += next == '%' ? "%" : next == '_' ? " " : "%20";
        at_ += 2;
      } else {
        return wrong("a % that begins no macro");
      }
      macro_end_ = at_;
    }
    if (!current.text.empty()) made.pieces_.push_back(std::move(current));
    return made;
  }

  /// Where what follows the last macro (or "%%", "%_", "%-") begins; 0 if there was none.
  std::size_t macro_end() const { return macro_end_; }

  syntax_error wrong(std::string what) const { return {std::move(what), first_octet_ + at_}; }

 private:
  // What stands between the braces, and the closing one.
  std::optional<syntax_error> read_macro(piece& into) {
    if (at_ == text_.size()) return wrong("a macro without an end");
    const char letter = ascii::to_lower(text_[at_]);
    if (!has(is_explanation_ ? explanation_letters : letters, letter)) {
      return wrong("a macro letter that is not known here");
    }
    into.letter = letter;
    into.escapes = ascii::is_upper(text_[at_]);
    const std::size_t digits = ++at_;
    for (; at_ < text_.size() && ascii::is_digit(text_[at_]); ++at_) {
      const auto digit = static_cast<std::size_t>(text_[at_] - '0');
      into.parts_max = std::min(into.parts_max * 10 + digit, parts_max_max);
    }
    if (at_ > digits && into.parts_max == 0) return wrong("a macro of no parts");
    if (at_ < text_.size() && ascii::to_lower(text_[at_]) == 'r') {
      into.reverses = true;
      ++at_;
    }
    while (at_ < text_.size() && has(delimiter_octets, text_[at_])) into.delimiters += text_[at_++];
    if (at_ == text_.size() || text_[at_] != '}') return wrong("a macro without an end");
    ++at_;
    if (into.delimiters.empty() && (into.reverses || into.parts_max > 0)) into.delimiters += ".";
    return std::nullopt;
  }

  std::string_view text_;
  std::size_t first_octet_;
  bool is_explanation_;
  std::size_t at_ = 0;
  std::size_t macro_end_ = 0;
};

parsed<macro_string> macro_string::parse_domain_spec(std::string_view text,
                                                     std::size_t first_octet) {
  reader in(text, first_octet, false);
  parsed<macro_string> made = in.read();
  if (!made) return made;
  const bool ends_in_macro = !text.empty() && in.macro_end() == text.size();
  if (!ends_in_macro && !ends_in_top_label(text.substr(in.macro_end()))) {
    return in.wrong("a domain that does not end in a macro or a top-level label");
  }
  return made;
}

parsed<macro_string> macro_string::parse(std::string_view text, std::size_t first_octet) {
  return reader(text, first_octet, false).read();
}

parsed<macro_string> macro_string::parse_explanation(std::string_view text) {
  return reader(text, 1, true).read();
}

bool macro_string::uses(char letter) const noexcept {
  return std::any_of(pieces_.begin(), pieces_.end(),
                     [letter](const piece& each) { return each.letter == letter; });
}

result<std::string> macro_string::expand(const macro_values& values) const {
  std::string text;
  for (const piece& each : pieces_) {
    text += each.text;
    std::string value = value_of(each.letter, values);
    if (!each.delimiters.empty()) {
      value = transformed(value, each.delimiters, each.reverses, each.parts_max);
    }
    text += each.escapes ? url_escaped(value) : value;
    if (text.size() > expansion_octets_max) return errc::over_limit;
  }
  return text;
}

result<std::string> target_name(const macro_string& spec, const macro_values& values) {
  result<std::string> expanded = spec.expand(values);
  if (!expanded) return errc::message_malformed;
  std::string_view name = *expanded;
  if (name.ends_with('.')) name.remove_suffix(1);
  while (name.size() > target_octets_max) {
    const std::size_t dot = name.find('.');
    if (dot == std::string_view::npos) return errc::message_malformed;
    name.remove_prefix(dot + 1);
  }
  if (name.empty() || !dns::name_to_wire(dns::escaped_name(name))) return errc::message_malformed;
  return std::string(name);
}

}  // namespace cbv::spf
