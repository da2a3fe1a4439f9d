#include "cbv/counting/tally.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace cbv {
namespace {

constexpr std::size_t prefix_octets = 8;  // of a network that one client has
constexpr std::array<unsigned char, 12> of_mapped_ipv4{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

}  // namespace

// By hand, because it must not take memory.
void tally::note_misdeed_of(std::string_view client) noexcept {
  std::array<char, client_octets_max> text{};
  if (client.empty() || client.size() >= text.size()) return;
  std::copy(client.begin(), client.end(), text.begin());
  std::array<unsigned char, 16> octets{};
  if (::inet_pton(AF_INET, text.data(), octets.data()) == 1) return clients_.add(client);
  if (::inet_pton(AF_INET6, text.data(), octets.data()) != 1) return;
  if (std::equal(of_mapped_ipv4.begin(), of_mapped_ipv4.end(), octets.begin())) {
    ::inet_ntop(AF_INET, octets.data() + of_mapped_ipv4.size(), text.data(), text.size());
    return clients_.add(text.data());
  }
  std::fill(octets.begin() + prefix_octets, octets.end(), static_cast<unsigned char>(0));
  constexpr std::string_view length = "/64";
  ::inet_ntop(AF_INET6, octets.data(), text.data(), text.size() - length.size());
  const std::size_t end = std::strlen(text.data());
  std::copy(length.begin(), length.end(), text.data() + end);
  clients_.add({text.data(), end + length.size()});
}

rankings tally::take_rankings() {
  rankings taken{domains_.ranked_now(), hosts_.ranked_now(), clients_.ranked_now()};
  for (space_saving* one : {&domains_, &hosts_, &clients_}) one->clear();
  return taken;
}

}  // namespace cbv
