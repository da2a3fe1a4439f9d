// Many networks, and the smallest of them that has an address.
#ifndef CBV_CHECKS_NETWORK_TABLE_HPP
#define CBV_CHECKS_NETWORK_TABLE_HPP

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "cbv/net/ip_network.hpp"

namespace cbv::checks {

/// Networks with a number each: 16 octets for one of IPv4, 28 for IPv6, and a binary search. First
/// add(), then finish(), once, then find().
class network_table {
 public:
  void add(const net::ip_network& network, std::uint32_t number);

  /// Sorts. Of the same network twice the lesser number stays; how many went is returned.
  std::size_t finish();

  struct found {
    boost::asio::ip::address first;
    unsigned prefix;
    std::uint32_t number;
  };
  /// The smallest network that has `address`, which is not an IPv4-mapped one.
  std::optional<found> find(const boost::asio::ip::address& address) const;

  std::size_t size() const noexcept { return four_.size() + six_.size(); }
  std::size_t octets() const noexcept;

 private:
  template <class Octets>
  struct entry {
    Octets first;
    std::uint32_t number;
    std::uint32_t above;  // the smallest network around this one
    std::uint8_t prefix;
  };
  using octets_v4 = boost::asio::ip::address_v4::bytes_type;
  using octets_v6 = boost::asio::ip::address_v6::bytes_type;

  template <class Octets>
  static std::size_t sort(std::vector<entry<Octets>>& all);
  template <class Octets>
  static const entry<Octets>* smallest(const std::vector<entry<Octets>>& all, const Octets& of);

  std::vector<entry<octets_v4>> four_;
  std::vector<entry<octets_v6>> six_;
};

}  // namespace cbv::checks

#endif
