// Asking DNS block lists about an address (RFC 5782).
#ifndef CBV_SELF_TEST_DNSBL_HPP
#define CBV_SELF_TEST_DNSBL_HPP

#include <boost/asio/ip/address.hpp>
#include <string>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/dns/listing.hpp"
#include "cbv/dns/resolver.hpp"

namespace cbv::self_test {

struct dnsbl_answer {
  std::string list;
  dns::listing said = dns::listing::trouble;
  std::string detail;  // listed, refused: codes and the list's words, any octets; trouble: what
};

/// Asks `list` for its test entries, and then for `address`. Throws only when cancelled.
awaitable<dnsbl_answer> ask_dnsbl(dns::resolver& names, std::string list, asio::ip::address address,
                                  time_point deadline);

}  // namespace cbv::self_test

#endif
