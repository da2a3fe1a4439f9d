#include "cbv/address/domain.hpp"

#include <algorithm>

#include "cbv/address/address_literal.hpp"
#include "cbv/address/character.hpp"
#include "cbv/address/idna.hpp"
#include "cbv/address/wording.hpp"
#include "cbv/base/ascii.hpp"

namespace cbv {
namespace {

constexpr std::size_t label_octets_max = 63;    // RFC 1035 section 2.3.4
constexpr std::size_t domain_octets_max = 255;  // RFC 5321 section 4.5.3.1.2

// A domain of U-labels may be longer than its A-labels: four octets a character. What is longer
// than this is refused before libidn2 sees any of it.
constexpr std::size_t input_octets_max = 4 * domain_octets_max;

bool is_let_dig_hyp(char c) {
  return ascii::is_alnum(c) || c == '-';
}

std::string misplaced(char c) {
  switch (c) {
    case '@':
      return "a second \"@\" is not allowed";
    case '_':
      return "an underscore is not allowed in a mail domain";
    case '(':
    case ')':
      return std::string(no_comments);
    case '[':
      return "an address literal must be the whole domain";
    default:
      return quoted(c) + " is not allowed in a domain";
  }
}

// Let-dig [Ldh-str] (RFC 5321 section 4.1.2), of at most 63 octets; `octet` is where it begins.
std::optional<syntax_error> ldh_fault(std::string_view label, std::size_t octet) {
  for (std::size_t i = 0; i < label.size(); ++i) {
    if (!is_let_dig_hyp(label[i])) return syntax_error{misplaced(label[i]), octet + i};
  }
  if (label.front() == '-') return syntax_error{"a hyphen may not begin a label", octet};
  if (label.back() == '-') {
    return syntax_error{"a hyphen may not end a label", octet + label.size() - 1};
  }
  if (label.size() > label_octets_max) {
    return syntax_error{too_many_octets("label", label.size(), label_octets_max),
                        octet + label_octets_max};
  }
  return std::nullopt;
}

// The A-label of a label with characters past ASCII in it.
parsed<std::string> convert(std::string_view label, std::size_t octet) {
  for (std::size_t i = 0; i < label.size();) {
    const character next = first_character(label.substr(i));
    if (!next.fault.empty()) return syntax_error{next.fault, octet + i};
    if (!is_non_ascii(label[i]) && !is_let_dig_hyp(label[i])) {
      return syntax_error{misplaced(label[i]), octet + i};
    }
    i += next.octets;
  }
  auto a_label = idna::to_a_label(std::string(label), octet);
  if (!a_label) return a_label;
  if (a_label->empty()) return syntax_error{"the label has only characters that vanish", octet};
  if (a_label->find('.') != std::string::npos) {
    return syntax_error{"the label has a character that stands for a dot", octet};
  }
  if (auto fault = ldh_fault(*a_label, octet)) {
    fault->octet = octet;
    return *fault;
  }
  return a_label;
}

// Appends the canonical form of `label`.
std::optional<syntax_error> append_label(std::string& name, std::string_view label,
                                         std::size_t octet) {
  if (std::any_of(label.begin(), label.end(), is_non_ascii)) {
    const auto a_label = convert(label, octet);
    if (!a_label) return a_label.error();
    name += *a_label;
    return std::nullopt;
  }
  for (std::size_t i = 0; i < label.size(); ++i) {
    const auto c = static_cast<unsigned char>(label[i]);
    if (c < 0x20 || c == 0x7f) {
      return syntax_error{first_character(label.substr(i)).fault, octet + i};
    }
  }
  if (auto fault = ldh_fault(label, octet)) return fault;
  const std::size_t start = name.size();
  for (const char c : label) name += ascii::to_lower(c);
  if (idna::is_a_label(label)) {
    if (auto fault = idna::a_label_fault(name.substr(start))) {
      return syntax_error{std::move(*fault), octet};
    }
  }
  return std::nullopt;
}

// Four labels of digits only. RFC 5321's grammar lets them pass, but RFC 1123 section 2.1 says that
// a host name never has this form, and resolvers (getaddrinfo, c-ares) read it as an address, which
// nobody may make us dial by naming it as a domain.
bool is_dotted_quad(std::string_view name) {
  return std::count(name.begin(), name.end(), '.') == 3 &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return c == '.' || ascii::is_digit(c); });
}

// Why there is no label at `at`, where a dot or the end stands.
std::string missing_label(std::string_view text, std::size_t at) {
  if (at == 0) return "a dot may not begin the domain";
  if (at == text.size()) return "a dot may not end the domain";
  return "two dots may not follow each other in the domain";
}

parsed<std::string> parse_name(std::string_view text, std::size_t first_octet) {
  if (text.size() > input_octets_max) {
    return syntax_error{too_many_octets("domain", text.size(), domain_octets_max),
                        first_octet + domain_octets_max};
  }
  std::string name;
  name.reserve(text.size());
  std::size_t at = 0;
  for (;;) {
    const std::size_t end = std::min(text.find('.', at), text.size());
    if (end == at) {
      const std::size_t dot = at == text.size() ? at - 1 : at;
      return syntax_error{missing_label(text, at), first_octet + dot};
    }
    if (auto fault = append_label(name, text.substr(at, end - at), first_octet + at)) {
      return *fault;
    }
    if (end == text.size()) break;
    name += '.';
    at = end + 1;
  }
  if (name.size() > domain_octets_max) {
    const bool as_given = name.size() == text.size();
    return syntax_error{
        too_many_octets(as_given ? "domain" : "domain as A-labels", name.size(), domain_octets_max),
        as_given ? first_octet + domain_octets_max : first_octet};
  }
  if (is_dotted_quad(name)) {
    return syntax_error{"an IPv4 address must stand in brackets: [" + name + "]", first_octet};
  }
  return name;
}

}  // namespace

parsed<domain> domain::parse(std::string_view text, std::size_t first_octet) {
  if (text.empty()) return syntax_error{"the domain is missing", first_octet};
  domain made;
  if (text.front() == '[') {
    const auto address = parse_address_literal(text, first_octet);
    if (!address) return address.error();
    made.text_ = to_address_literal(*address);
    made.literal_ = *address;
    return made;
  }
  auto name = parse_name(text, first_octet);
  if (!name) return name.error();
  made.text_ = std::move(*name);
  return made;
}

}  // namespace cbv
