#include "cbv/dns/reverse.hpp"

#include <algorithm>
#include <utility>

#include "cbv/async/side_by_side.hpp"

namespace cbv::dns {
namespace {

template <class Address>
void judge(pointer& into, const answer<Address>& said, const Address& address) {
  into.forward = said.status;
  into.is_confirmed =
      std::find(said.records.begin(), said.records.end(), address) != said.records.end();
}

// `into` is in the frame of find_pointers, which waits.
awaitable<void> confirm(resolver& names, pointer& into, asio::ip::address address,
                        time_point deadline) {
  if (into.name.empty()) co_return;  // the root is no host
  if (address.is_v4()) {
    const answer<asio::ip::address_v4> said = co_await names.a(into.name, deadline);
    judge(into, said, address.to_v4());
  } else {
    const answer<asio::ip::address_v6> said = co_await names.aaaa(into.name, deadline);
    judge(into, said, address.to_v6());
  }
}

}  // namespace

std::string reversed(const asio::ip::address& address) {
  std::string text;
  if (address.is_v4()) {
    const auto octets = address.to_v4().to_bytes();
    for (auto octet = octets.rbegin(); octet != octets.rend(); ++octet) {
      text += (text.empty() ? "" : ".") + std::to_string(*octet);
    }
    return text;
  }
  constexpr char digits[] = "0123456789abcdef";
  const auto octets = address.to_v6().to_bytes();
  for (auto octet = octets.rbegin(); octet != octets.rend(); ++octet) {
    if (!text.empty()) text += '.';
    text += digits[*octet & 0xfU];
    text += '.';
    text += digits[*octet >> 4U];
  }
  return text;
}

std::string reverse_name(const asio::ip::address& address) {
  return reversed(address) + (address.is_v4() ? ".in-addr.arpa" : ".ip6.arpa");
}

awaitable<pointers> find_pointers(resolver& names, asio::ip::address address, std::size_t names_max,
                                  time_point deadline) {
  std::string name = reverse_name(address);
  const answer<name_data> said = co_await names.ptr(std::move(name), deadline);
  pointers found;
  found.status = said.status;
  std::vector<std::string> all;
  for (const name_data& each : said.records) all.push_back(each.name);
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  if (all.size() > names_max) {
    found.names_left_out = all.size() - names_max;
    all.resize(names_max);
  }
  for (std::string& each : all) found.names.push_back(pointer{std::move(each)});
  std::vector<awaitable<void>> look_ups;
  for (pointer& each : found.names) look_ups.push_back(confirm(names, each, address, deadline));
  co_await side_by_side(std::move(look_ups));
  co_return found;
}

}  // namespace cbv::dns
