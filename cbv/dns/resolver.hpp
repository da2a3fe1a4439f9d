// Asking the DNS, as a seam: cares_resolver, caching_resolver in front of it, and sim_dns in tests.
#ifndef CBV_DNS_RESOLVER_HPP
#define CBV_DNS_RESOLVER_HPP

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <string>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/dns/record.hpp"

namespace cbv::dns {

/// Every look-up ends in an answer by `deadline`; it throws only when cancelled. `name` is in
/// A-labels without a trailing dot. Belongs to one thread.
class resolver {
 public:
  resolver() = default;
  resolver(const resolver&) = delete;
  resolver& operator=(const resolver&) = delete;
  virtual ~resolver() = default;

  virtual awaitable<answer<mx_record>> mx(std::string name, time_point deadline) = 0;
  virtual awaitable<answer<asio::ip::address_v4>> a(std::string name, time_point deadline) = 0;
  virtual awaitable<answer<asio::ip::address_v6>> aaaa(std::string name, time_point deadline) = 0;
};

}  // namespace cbv::dns

#endif
