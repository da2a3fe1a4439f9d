// Asking the DNS, as a seam: cares_resolver, caching_resolver in front of it, and sim_dns in tests.
#ifndef CBV_DNS_RESOLVER_HPP
#define CBV_DNS_RESOLVER_HPP

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <optional>
#include <string>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/dns/record.hpp"

namespace cbv::dns {

/// Every look-up ends in an answer by `deadline`; it throws only when cancelled. `name` is in
/// A-labels without a trailing dot; octets that no host name has are escaped, as escaped_name()
/// (name.hpp) does it. Belongs to one thread.
class resolver {
 public:
  resolver() = default;
  resolver(const resolver&) = delete;
  resolver& operator=(const resolver&) = delete;
  virtual ~resolver() = default;

  virtual awaitable<answer<mx_record>> mx(std::string name, time_point deadline) = 0;
  virtual awaitable<answer<asio::ip::address_v4>> a(std::string name, time_point deadline) = 0;
  virtual awaitable<answer<asio::ip::address_v6>> aaaa(std::string name, time_point deadline) = 0;
  virtual awaitable<answer<text_data>> txt(std::string name, time_point deadline) = 0;

  /// The names of an address: `name` is its reverse_name() (reverse.hpp).
  virtual awaitable<answer<name_data>> ptr(std::string name, time_point deadline) = 0;

  /// What it has in memory, so that nobody has to be asked and nothing to be waited for; nothing if
  /// it has none.
  virtual std::optional<answer<asio::ip::address_v4>> known_a(const std::string& /*name*/) {
    return std::nullopt;
  }
  virtual std::optional<answer<asio::ip::address_v6>> known_aaaa(const std::string& /*name*/) {
    return std::nullopt;
  }
};

}  // namespace cbv::dns

#endif
