#include "cbv/dns/listing.hpp"

#include <algorithm>

#include "cbv/dns/reverse.hpp"

namespace cbv::dns {
namespace {

bool is_refusal(const asio::ip::address_v4& code) {
  return (code.to_uint() & 0xffffff00U) == 0x7fffff00U;
}

}  // namespace

std::string_view to_string(listing of) noexcept {
  switch (of) {
    case listing::not_listed:
      return "not_listed";
    case listing::listed:
      return "listed";
    case listing::refused:
      return "refused";
    case listing::not_working:
      return "not_working";
    case listing::trouble:
      return "trouble";
  }
  return "unknown";
}

std::string name_in_list(const asio::ip::address& address, const std::string& list) {
  return reversed(address) + '.' + list;
}

listing read_listing(const answer<asio::ip::address_v4>& said) {
  if (!is_authoritative(said.status)) return listing::trouble;
  if (said.records.empty()) return listing::not_listed;
  const auto& codes = said.records;
  if (!std::all_of(codes.begin(), codes.end(),
                   [](const asio::ip::address_v4& each) { return each.is_loopback(); })) {
    return listing::not_working;
  }
  if (std::any_of(codes.begin(), codes.end(), is_refusal)) return listing::refused;
  return listing::listed;
}

asio::ip::address test_entry(const asio::ip::address& address) {
  return asio::ip::make_address(address.is_v4() ? "127.0.0.2" : "::ffff:127.0.0.2");
}

asio::ip::address test_gap(const asio::ip::address& address) {
  return asio::ip::make_address(address.is_v4() ? "127.0.0.1" : "::ffff:127.0.0.1");
}

listing read_test_entries(listing entry, listing gap) noexcept {
  if (entry == listing::not_listed) return listing::not_working;
  if (entry != listing::listed) return entry;
  if (gap == listing::listed) return listing::not_working;
  return gap == listing::not_listed ? listing::listed : gap;
}

}  // namespace cbv::dns
