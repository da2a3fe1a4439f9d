// What an edge knows when a client has said RCPT TO.
#ifndef CBV_CHECKS_ENVELOPE_HPP
#define CBV_CHECKS_ENVELOPE_HPP

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>

#include "cbv/address/mailbox.hpp"

namespace cbv::checks {

/// All as the edge has it, unparsed but for the address of the client. Empty: not known.
struct envelope {
  std::optional<boost::asio::ip::address> client;  // never an IPv4-mapped IPv6 address
  std::string client_name;          // of its address, confirmed by a look-up of the name
  std::string reverse_client_name;  // of its address, not confirmed
  std::string helo;                 // the argument of HELO or EHLO
  std::string sender;               // the reverse-path without <>; empty: the null reverse-path
  std::string recipient;            // the forward-path without <>
  std::string instance;             // equal for all recipients of one message; may be empty
  bool authenticated = false;       // the client has given a password or a certificate
  bool tls = false;

  friend bool operator==(const envelope&, const envelope&) = default;
};

/// Its two paths, parsed: nothing where a path is null, Postmaster without a domain, or not a
/// mailbox.
struct paths {
  std::optional<mailbox> sender;
  std::optional<mailbox> recipient;
};

}  // namespace cbv::checks

#endif
