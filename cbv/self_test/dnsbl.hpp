// Asking DNS block lists about an address (RFC 5782).
#ifndef CBV_SELF_TEST_DNSBL_HPP
#define CBV_SELF_TEST_DNSBL_HPP

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <string>
#include <string_view>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/dns/resolver.hpp"

namespace cbv::self_test {

/// What a list says. `refused`: by its answer the list will not serve the resolver that asked.
/// `not_working`: it does not list what each list must, or lists what none may, so that nothing it
/// says is believed. `trouble`: the DNS did not carry the question through.
enum class listing { not_listed, listed, refused, not_working, trouble };

std::string_view to_string(listing of) noexcept;

struct dnsbl_answer {
  std::string list;
  listing said = listing::trouble;
  std::string detail;  // listed, refused: codes and the list's words, any octets; trouble: what
};

/// What the A records of one name in a list mean (RFC 5782 section 2.1): listings are in 127/8.
/// Answers elsewhere are not the list's (a resolver that makes names up), answers in
/// 127.255.255.0/24 are of lists that say so that they will not serve.
listing read_listing(const dns::answer<asio::ip::address_v4>& said);

/// The entry that every list must have, and the one that none may have, of the family of `address`
/// (RFC 5782 section 5).
asio::ip::address test_entry(const asio::ip::address& address);
asio::ip::address test_gap(const asio::ip::address& address);

/// Asks `list` for its test entries, and then for `address`. Throws only when cancelled.
awaitable<dnsbl_answer> ask_dnsbl(dns::resolver& names, std::string list, asio::ip::address address,
                                  time_point deadline);

}  // namespace cbv::self_test

#endif
