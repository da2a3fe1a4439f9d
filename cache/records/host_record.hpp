// What is remembered of a far host as octets, and how long it is good for. Pure; FORMAT.md is the
// contract.
#ifndef CBV_CACHE_RECORDS_HOST_RECORD_HPP
#define CBV_CACHE_RECORDS_HOST_RECORD_HPP

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cache/records/lifetimes.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/base/result.hpp"
#include "cbv/verdict/host_memory.hpp"

namespace cbv::cache {

inline constexpr std::uint8_t host_record_version = 1;

/// The octets of the address: 4, or 16. An IPv4 address that is mapped into IPv6 is the IPv4
/// address; a scope is left out.
std::string encode_host_key(const boost::asio::ip::address& of);

/// Nothing if it is neither 4 nor 16 octets long.
std::optional<boost::asio::ip::address> decode_host_key(std::string_view key);

std::string encode_host_record(std::string_view key, const host_facts& held);

/// As decode_record(); errc::record_corrupt, too, if the key is no address.
result<host_facts> decode_host_record(std::string_view key, std::string_view octets);

/// What of it is told at `now`: a trouble until host_memory after its end. One from the future, so
/// from before the clock was set back, is not believed.
host_facts facts_in(const host_facts& held, const lifetimes& times, wall_time now);

/// `known` is what facts_in() told at `now`: a row that is known goes on.
host_facts with_trouble(host_facts known, host_fault what, wall_time until, std::string said,
                        wall_time now);
host_facts without_trouble(host_facts known, host_fault what);

/// There is nothing in it that could still be told at `now`: the sweeper may have it.
bool is_forgotten(const host_facts& held, const lifetimes& times, wall_time now) noexcept;

}  // namespace cbv::cache

#endif
