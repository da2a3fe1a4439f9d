#include "cbv/checks/network_table.hpp"

#include <algorithm>
#include <limits>
#include <string>
#include <tuple>

namespace cbv::checks {
namespace {

namespace ip = boost::asio::ip;

constexpr std::uint32_t none_above = std::numeric_limits<std::uint32_t>::max();
constexpr unsigned octet_bits = 8;

template <class Octets>
bool has(const Octets& first, unsigned prefix, const Octets& address) {
  const std::size_t whole = prefix / octet_bits;
  if (!std::equal(first.begin(), first.begin() + static_cast<std::ptrdiff_t>(whole),
                  address.begin())) {
    return false;
  }
  const unsigned left = prefix % octet_bits;
  if (left == 0) return true;
  const unsigned differing = static_cast<unsigned>(first[whole]) ^ address[whole];
  return (differing >> (octet_bits - left)) == 0;
}

}  // namespace

void network_table::add(const net::ip_network& network, std::uint32_t number) {
  const auto prefix = static_cast<std::uint8_t>(network.prefix());
  if (network.first().is_v4()) {
    four_.push_back({network.first().to_v4().to_bytes(), number, none_above, prefix});
  } else {
    six_.push_back({network.first().to_v6().to_bytes(), number, none_above, prefix});
  }
}

// A network stands behind those around it: they begin no later, and are wider where they begin
// alike.
template <class Octets>
std::size_t network_table::sort(std::vector<entry<Octets>>& all) {
  std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return std::tie(a.first, a.prefix, a.number) < std::tie(b.first, b.prefix, b.number);
  });
  const auto repeated = std::unique(all.begin(), all.end(), [](const auto& a, const auto& b) {
    return a.first == b.first && a.prefix == b.prefix;
  });
  const auto gone = static_cast<std::size_t>(all.end() - repeated);
  all.erase(repeated, all.end());
  all.shrink_to_fit();
  for (std::size_t i = 1; i < all.size(); ++i) {
    auto around = static_cast<std::uint32_t>(i - 1);
    while (around != none_above && !has(all[around].first, all[around].prefix, all[i].first))
      around = all[around].above;
    all[i].above = around;
  }
  return gone;
}

std::size_t network_table::finish() {
  return sort(four_) + sort(six_);
}

template <class Octets>
const network_table::entry<Octets>* network_table::smallest(const std::vector<entry<Octets>>& all,
                                                            const Octets& of) {
  const auto behind =
      std::upper_bound(all.begin(), all.end(), of,
                       [](const Octets& address, const auto& one) { return address < one.first; });
  if (behind == all.begin()) return nullptr;
  const entry<Octets>* at = &*(behind - 1);
  while (!has(at->first, at->prefix, of)) {
    if (at->above == none_above) return nullptr;
    at = &all[at->above];
  }
  return at;
}

std::optional<network_table::found> network_table::find(const ip::address& address) const {
  const auto made = [](const ip::address& first, const auto& at) -> std::optional<found> {
    return found{first, at.prefix, at.number};
  };
  if (address.is_v4()) {
    const auto* const at = smallest(four_, address.to_v4().to_bytes());
    if (at == nullptr) return std::nullopt;
    return made(ip::address_v4(at->first), *at);
  }
  const auto* const at = smallest(six_, address.to_v6().to_bytes());
  if (at == nullptr) return std::nullopt;
  return made(ip::address_v6(at->first), *at);
}

std::size_t network_table::octets() const noexcept {
  return four_.capacity() * sizeof(entry<octets_v4>) + six_.capacity() * sizeof(entry<octets_v6>);
}

}  // namespace cbv::checks
