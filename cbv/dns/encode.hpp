// DNS messages written as octets: for queries of our own, for servers in simulations and tests.
#ifndef CBV_DNS_ENCODE_HPP
#define CBV_DNS_ENCODE_HPP

#include <cstddef>
#include <string>

#include "cbv/base/result.hpp"
#include "cbv/dns/message.hpp"

namespace cbv::dns {

/// The octets of `from`, names compressed (RFC 1035 section 4.1.4). A message of more than
/// `octets_max` octets goes out without its records and with the TC bit, so that it is asked for
/// again over TCP: pass udp_limit(query) over UDP and nothing over TCP (whose two length octets the
/// caller writes). A TXT string of more than 255 octets is split. errc::message_malformed for a
/// name that cannot be written, and for `data` that does not fit `type`.
result<std::string> encode_message(const message& from,
                                   std::size_t octets_max = message_octets_max);

/// How many octets the sender of `query` takes over UDP: what its OPT record says, else 512.
std::size_t udp_limit(const message& query) noexcept;

}  // namespace cbv::dns

#endif
