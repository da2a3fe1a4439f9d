// Lists of addresses that are kept in the DNS (DNSBL, DNSWL; RFC 5782): what an answer means. No
// I/O.
#ifndef CBV_DNS_LISTING_HPP
#define CBV_DNS_LISTING_HPP

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <string>
#include <string_view>

#include "cbv/dns/record.hpp"

namespace cbv::dns {

/// What a list says. `refused`: by its answer the list will not serve the resolver that asked.
/// `not_working`: it does not list what each list must, or lists what none may, so that nothing it
/// says is believed. `trouble`: the DNS did not carry the question through.
enum class listing { not_listed, listed, refused, not_working, trouble };

std::string_view to_string(listing of) noexcept;

/// Under which name `list` has `address`: "1.2.0.192.bl.example.net".
std::string name_in_list(const boost::asio::ip::address& address, const std::string& list);

/// What the A records of one name in a list mean (RFC 5782 section 2.1): listings are in 127/8.
/// Answers elsewhere are not the list's (a resolver that makes names up), answers in
/// 127.255.255.0/24 are of lists that say so that they will not serve.
listing read_listing(const answer<boost::asio::ip::address_v4>& said);

/// The entry that every list must have, and the one that none may have, of the family of `address`
/// (RFC 5782 section 5).
boost::asio::ip::address test_entry(const boost::asio::ip::address& address);
boost::asio::ip::address test_gap(const boost::asio::ip::address& address);

/// Whether a list is to be believed, by what it said of its entry and of its gap: `listed` if so.
listing read_test_entries(listing entry, listing gap) noexcept;

}  // namespace cbv::dns

#endif
