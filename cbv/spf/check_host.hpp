// May this client send mail for that domain? (RFC 7208)
#ifndef CBV_SPF_CHECK_HOST_HPP
#define CBV_SPF_CHECK_HOST_HPP

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <string>
#include <string_view>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/dns/resolver.hpp"
#include "cbv/spf/record.hpp"

namespace cbv::spf {

/// Who says to be whom. Of HELO or of MAIL FROM; made by the two functions below.
struct identity {
  asio::ip::address client;
  std::string helo;  // as the client gave it
  std::string local_part;
  std::string domain;
};

/// The identity of HELO (RFC 7208 section 2.3). An IPv4-mapped client is an IPv4 client.
identity helo_identity(const asio::ip::address& client, std::string_view helo);

/// The identity of MAIL FROM (section 2.4): `mail_from` is local-part@domain, or empty for the null
/// reverse-path, which is postmaster@HELO.
identity mail_from_identity(const asio::ip::address& client, std::string_view helo,
                            std::string_view mail_from);

/// What may be asked of the DNS for one check (section 4.6.4).
struct check_limits {
  std::size_t terms_max = 10;         // that ask the DNS
  std::size_t void_look_ups_max = 2;  // terms to which the DNS has nothing
  std::size_t names_max = 10;         // hosts of one MX, names of one PTR
};

struct check_options {
  std::string receiver = "unknown";  // who checks, for the macro "r"
  check_limits limits;
};

struct outcome {
  evaluation said = evaluation::none;
  std::string domain;       // whose record decided
  std::string term;         // the mechanism that matched; empty if none did
  std::string explanation;  // for a fail, if the domain has one: ASCII, and a stranger's words
  std::string problem;      // with temperror and permerror: what went wrong, for people

  /// Trouble of the DNS was passed over on the way, as section 5.5 will have it (PTR): without it
  /// the outcome might be another one.
  bool had_trouble = false;
};

/// check_host() of section 4. Look-ups are made one after the other; none is made past `deadline`,
/// and what the DNS does not say by then is temperror. Throws only when cancelled. `names` and
/// `time` outlive the check.
awaitable<outcome> check_host(dns::resolver& names, const clock& time, identity asked,
                              check_options options, time_point deadline);

}  // namespace cbv::spf

#endif
