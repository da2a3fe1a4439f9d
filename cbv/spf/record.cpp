#include "cbv/spf/record.hpp"

#include <algorithm>
#include <utility>

#include "cbv/base/ascii.hpp"

namespace cbv::spf {
namespace {

constexpr std::string_view version = "v=spf1";

struct named_mechanism {
  std::string_view name;
  mechanism kind;
};
constexpr named_mechanism mechanisms[] = {{"all", mechanism::all}, {"include", mechanism::include},
                                          {"a", mechanism::a},     {"mx", mechanism::mx},
                                          {"ptr", mechanism::ptr}, {"ip4", mechanism::ip4},
                                          {"ip6", mechanism::ip6}, {"exists", mechanism::exists}};

// Of one term, and where it stands in the record.
struct term {
  std::string_view text;
  std::size_t octet;

  syntax_error wrong(std::string_view what) const {
    return {ascii::printable(text.substr(0, 100)) + ": " + std::string(what), octet};
  }
};

// The digits behind a slash: no leading zero, at most `most`.
std::optional<unsigned> read_prefix(std::string_view digits, unsigned most) {
  if (digits.empty() || digits.size() > 3) return std::nullopt;
  if (digits.size() > 1 && digits.front() == '0') return std::nullopt;
  unsigned bits = 0;
  for (const char c : digits) {
    if (!ascii::is_digit(c)) return std::nullopt;
    bits = bits * 10 + static_cast<unsigned>(c - '0');
  }
  if (bits > most) return std::nullopt;
  return bits;
}

// Takes "/digits" off the end of `text`; nothing if it does not end so.
std::optional<std::string_view> take_prefix(std::string_view& text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view digits = text.substr(slash + 1);
  if (!std::all_of(digits.begin(), digits.end(), ascii::is_digit)) return std::nullopt;
  text = text.substr(0, slash);
  return digits;
}

// [ip4-cidr-length] ["/" ip6-cidr-length] at the end of `rest`, which is cut. False: malformed.
bool read_prefixes(std::string_view& rest, directive& into) {
  std::optional<std::string_view> digits = take_prefix(rest);
  if (digits && rest.ends_with('/')) {
    const auto bits = read_prefix(*digits, 128);
    if (!bits) return false;
    into.prefix_v6 = *bits;
    rest.remove_suffix(1);
    digits = take_prefix(rest);
  }
  if (!digits) return true;
  const auto bits = read_prefix(*digits, 32);
  if (!bits) return false;
  into.prefix_v4 = *bits;
  return true;
}

// ":" domain-spec, or nothing where that may be.
std::optional<syntax_error> read_domain(const term& whole, std::string_view rest, bool is_needed,
                                        directive& into) {
  if (rest.empty()) {
    if (is_needed) return whole.wrong("a domain is missing");
    return std::nullopt;
  }
  if (rest.front() != ':') return whole.wrong("something follows that does not belong there");
  auto spec = macro_string::parse_domain_spec(rest.substr(1), whole.octet);
  if (!spec) return whole.wrong(spec.error().what);
  into.domain = *std::move(spec);
  return std::nullopt;
}

std::optional<syntax_error> read_network(const term& whole, std::string_view rest,
                                         directive& into) {
  const bool is_v4 = into.kind == mechanism::ip4;
  if (rest.empty() || rest.front() != ':') return whole.wrong("an address is missing");
  rest.remove_prefix(1);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  boost::system::error_code bad;
  const std::string address(rest.substr(0, slash));
  if (is_v4) {
    into.network = boost::asio::ip::make_address_v4(address, bad);
  } else {
    into.network = boost::asio::ip::make_address_v6(address, bad);
  }
  // A zone (%eth0) is of one machine only.
  if (bad || address.find('%') != std::string::npos) {
    return whole.wrong(is_v4 ? "not an IPv4 network" : "not an IPv6 network");
  }
  if (slash == rest.size()) return std::nullopt;
  const auto bits = read_prefix(rest.substr(slash + 1), is_v4 ? 32 : 128);
  if (!bits) return whole.wrong("not a number of bits");
  (is_v4 ? into.prefix_v4 : into.prefix_v6) = *bits;
  return std::nullopt;
}

std::optional<syntax_error> read_directive(const term& whole, record& into) {
  directive made;
  made.text = ascii::printable(whole.text.substr(0, 255));
  std::string_view rest = whole.text;
  switch (rest.front()) {
    case '-':
      made.on_match = evaluation::fail;
      break;
    case '~':
      made.on_match = evaluation::softfail;
      break;
    case '?':
      made.on_match = evaluation::neutral;
      break;
    default:
      break;
  }
  if (made.on_match != evaluation::pass || rest.front() == '+') rest.remove_prefix(1);

  const std::size_t end = std::min(rest.find_first_of(":/"), rest.size());
  const auto* const known = std::find_if(
      std::begin(mechanisms), std::end(mechanisms),
      [&](const named_mechanism& each) { return ascii::iequals(each.name, rest.substr(0, end)); });
  if (known == std::end(mechanisms)) return whole.wrong("not a mechanism");
  made.kind = known->kind;
  rest.remove_prefix(end);

  std::optional<syntax_error> failed;
  switch (made.kind) {
    case mechanism::all:
      if (!rest.empty()) failed = whole.wrong("all takes nothing");
      break;
    case mechanism::a:
    case mechanism::mx:
      if (!read_prefixes(rest, made)) return whole.wrong("not a number of bits");
      failed = read_domain(whole, rest, false, made);
      break;
    case mechanism::ptr:
      failed = read_domain(whole, rest, false, made);
      break;
    case mechanism::include:
    case mechanism::exists:
      failed = read_domain(whole, rest, true, made);
      break;
    case mechanism::ip4:
    case mechanism::ip6:
      failed = read_network(whole, rest, made);
      break;
  }
  if (!failed) into.directives.push_back(std::move(made));
  return failed;
}

// Where the value of a modifier begins: behind the "=" that follows a name. Nothing if the term is
// no modifier.
std::optional<std::size_t> value_of_modifier(std::string_view text) {
  if (!ascii::is_alpha(text.front())) return std::nullopt;
  const auto is_of_name = [](char c) {
    return ascii::is_alnum(c) || c == '-' || c == '_' || c == '.';
  };
  const auto end = std::find_if_not(text.begin(), text.end(), is_of_name);
  if (end == text.end() || *end != '=') return std::nullopt;
  return static_cast<std::size_t>(end - text.begin()) + 1;
}

std::optional<syntax_error> read_modifier(const term& whole, std::size_t value, record& into) {
  const std::string_view name = whole.text.substr(0, value - 1);
  const std::string_view text = whole.text.substr(value);
  std::optional<macro_string>* target = nullptr;
  if (ascii::iequals(name, "redirect")) target = &into.redirect;
  if (ascii::iequals(name, "exp")) target = &into.explanation;
  auto read = target == nullptr ? macro_string::parse(text, whole.octet)
                                : macro_string::parse_domain_spec(text, whole.octet);
  if (!read) return whole.wrong(read.error().what);
  if (target == nullptr) return std::nullopt;
  if (*target) return whole.wrong("a second one of the kind");
  *target = *std::move(read);
  return std::nullopt;
}

template <class Bytes>
bool shares_bits(const Bytes& a, const Bytes& b, unsigned bits) {
  for (std::size_t i = 0; i < a.size() && bits > 0; ++i) {
    const unsigned here = std::min(bits, 8U);
    if ((static_cast<unsigned>(a[i] ^ b[i]) >> (8U - here)) != 0) return false;
    bits -= here;
  }
  return true;
}

}  // namespace

std::string_view to_string(evaluation said) noexcept {
  switch (said) {
    case evaluation::none:
      return "none";
    case evaluation::neutral:
      return "neutral";
    case evaluation::pass:
      return "pass";
    case evaluation::fail:
      return "fail";
    case evaluation::softfail:
      return "softfail";
    case evaluation::temperror:
      return "temperror";
    case evaluation::permerror:
      return "permerror";
  }
  return "unknown";
}

bool directive::covers(const boost::asio::ip::address& with,
                       const boost::asio::ip::address& address) const {
  if (with.is_v4() != address.is_v4()) return false;
  if (with.is_v4()) {
    return shares_bits(with.to_v4().to_bytes(), address.to_v4().to_bytes(), prefix_v4);
  }
  return shares_bits(with.to_v6().to_bytes(), address.to_v6().to_bytes(), prefix_v6);
}

bool is_spf_record(std::string_view text) noexcept {
  return ascii::istarts_with(text, version) &&
         (text.size() == version.size() || text[version.size()] == ' ');
}

parsed<record> parse_record(std::string_view text) {
  if (!is_spf_record(text)) return syntax_error{"it does not begin with v=spf1", 1};
  if (text.size() > record_octets_max) {
    return syntax_error{"it is too long", record_octets_max + 1};
  }
  record made;
  std::size_t at = version.size();
  while ((at = text.find_first_not_of(' ', at)) != std::string_view::npos) {
    const std::size_t end = std::min(text.find(' ', at), text.size());
    const term whole{text.substr(at, end - at), at + 1};
    const std::optional<std::size_t> value = value_of_modifier(whole.text);
    auto failed = value ? read_modifier(whole, *value, made) : read_directive(whole, made);
    if (failed) return *std::move(failed);
    at = end;
  }
  const bool has_all =
      std::any_of(made.directives.begin(), made.directives.end(),
                  [](const directive& each) { return each.kind == mechanism::all; });
  if (has_all) made.redirect.reset();  // section 6.1
  return made;
}

}  // namespace cbv::spf
