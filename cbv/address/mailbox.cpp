#include "cbv/address/mailbox.hpp"

#include <algorithm>

#include "cbv/address/character.hpp"
#include "cbv/address/local_part.hpp"
#include "cbv/address/wording.hpp"
#include "cbv/base/ascii.hpp"

namespace cbv {
namespace {

// A path has 256 octets with its angle brackets (RFC 5321 section 4.5.3.1.3, erratum 1690).
constexpr std::size_t path_octets_max = 256;
constexpr std::size_t mailbox_octets_max = path_octets_max - 2;

// How many octets at the start of `inside` are a source route and its colon: A-d-l ":" of RFC 5321.
// `octet` is where `inside` begins.
parsed<std::size_t> scan_source_route(std::string_view inside, std::size_t octet) {
  std::size_t at = 0;
  for (;;) {
    if (at == inside.size() || inside[at] != '@') {
      return syntax_error{"\"@\" and a domain are expected in the source route", octet + at};
    }
    ++at;
    if (at < inside.size() && inside[at] == '[') {
      return syntax_error{"a source route names domains, not address literals", octet + at};
    }
    const std::size_t end = inside.find_first_of(",:", at);
    if (end == std::string_view::npos) {
      return syntax_error{"the \":\" and the mailbox after the source route are missing",
                          octet + inside.size()};
    }
    const auto relay = domain::parse(inside.substr(at, end - at), octet + at);
    if (!relay) return relay.error();
    at = end + 1;
    if (inside[end] == ':') return at;
  }
}

parsed<mailbox> parse_at(std::string_view text, std::size_t octet) {
  auto address = parse_mailbox(text);
  if (!address) return syntax_error{address.error().what, address.error().octet + octet - 1};
  return address;
}

}  // namespace

parsed<mailbox> parse_mailbox(std::string_view text) {
  const auto local_end = scan_local_part(text);
  if (!local_end) return local_end.error();
  const std::string_view local_part = text.substr(0, *local_end);
  const std::size_t domain_at = *local_end + 1;
  auto at = domain::parse(text.substr(domain_at), domain_at + 1);
  if (!at) return at.error();
  const std::size_t octets = local_part.size() + 1 + at->text().size();
  if (octets > mailbox_octets_max) {
    const bool as_given = octets == text.size();
    return syntax_error{
        too_many_octets(as_given ? "address" : "address with its domain as A-labels", octets,
                        mailbox_octets_max),
        as_given ? mailbox_octets_max + 1 : domain_at + 1};
  }
  return mailbox(std::string(local_part), std::move(*at));
}

std::string to_string(const mailbox& address) {
  return address.local_part() + '@' + address.domain().text();
}

bool needs_smtputf8(const mailbox& address) noexcept {
  const std::string& local_part = address.local_part();
  return std::any_of(local_part.begin(), local_part.end(), is_non_ascii);
}

std::string cache_key(const mailbox& address) {
  return ascii::to_lower(simplest_local_part(address.local_part())) + '@' + address.domain().text();
}

parsed<mailbox> parse_forward_path(std::string_view text) {
  if (text.starts_with('@')) {
    return syntax_error{
        "a source route must stand in angle brackets, and an address needs a "
        "local-part",
        1};
  }
  if (!text.starts_with('<')) return parse_mailbox(text);
  // A quoted local-part may hold ">", so it is the last octet that closes the path.
  if (text.size() == 1 || !text.ends_with('>')) {
    return syntax_error{"the closing \">\" is missing", text.size() + 1};
  }
  const std::string_view inside = text.substr(1, text.size() - 2);
  if (!inside.starts_with('@')) return parse_at(inside, 2);
  if (text.size() > path_octets_max) {
    return syntax_error{too_many_octets("path", text.size(), path_octets_max), path_octets_max + 1};
  }
  const auto route = scan_source_route(inside, 2);
  if (!route) return route.error();
  return parse_at(inside.substr(*route), 2 + *route);
}

parsed<reverse_path> parse_reverse_path(std::string_view text) {
  if (text.empty() || text == "<>") return reverse_path();
  auto address = parse_forward_path(text);
  if (!address) return address.error();
  return reverse_path(std::move(*address));
}

}  // namespace cbv
