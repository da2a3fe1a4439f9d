// Which domains are asked about at servers of one's own, and at which.
#ifndef CBV_CALLOUT_ROUTES_HPP
#define CBV_CALLOUT_ROUTES_HPP

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/address/domain.hpp"
#include "cbv/address/mailbox.hpp"
#include "cbv/address/syntax_error.hpp"
#include "cbv/callout/route.hpp"

namespace cbv::callout {

/// The table of routes. A value; what find() returns lives until the table is changed.
class routes {
 public:
  /// "smtp://host", "smtp://host:25", "smtp://[2001:db8::1]:25", "lmtp://host:24" (LMTP has no port
  /// of its own) or "lmtp+unix:/path". The host is a name or an IP address.
  static parsed<route_target> parse_target(std::string_view text);

  /// "example.org", "*.example.org" (all below it, not itself), "*" (all), as route::domain has it,
  /// in lower case A-labels.
  static parsed<std::string> parse_domain(std::string_view text);

  /// False, and nothing changed, if there is a route of this domain (as parse_domain() gives it).
  bool add(const route& one);

  /// Is there a route of this domain (as parse_domain() gives it)?
  bool has(std::string_view domain) const { return by_domain_.find(domain) != by_domain_.end(); }

  /// The route of a domain: its own; else of the longest "*." above it; else of "*".
  const route* find(const domain& asked) const;

  /// The mailboxes of all mail_from, each once.
  std::vector<mailbox> senders() const;

  bool empty() const noexcept { return by_domain_.empty(); }
  std::size_t size() const noexcept { return by_domain_.size(); }

 private:
  std::map<std::string, route, std::less<>> by_domain_;  // as route::domain has it
};

/// What contradicts itself in a route, a clause each: no servers, AUTH that would be said in clear,
/// a certificate wanted of a unix socket. Pure.
std::vector<std::string> contradictions(const route& one);

/// A server as parse_target() reads it.
std::string to_string(const route_target& server);

/// The mailbox that a server is asked about: without its detail (RFC 5233) where the route says
/// what begins one. Each octet of recipient_delimiter is a delimiter, and the first one in the
/// local-part counts; it is never cut to nothing, nor to what is no local-part. Quoted local-parts
/// stay as they are, and with "-" as delimiter so do owner-LIST and LIST-request. Pure.
mailbox probed_mailbox(const mailbox& received, const route& by);

}  // namespace cbv::callout

#endif
