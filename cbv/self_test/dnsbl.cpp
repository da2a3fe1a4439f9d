#include "cbv/self_test/dnsbl.hpp"

#include <algorithm>
#include <utility>

#include "cbv/dns/reverse.hpp"

namespace cbv::self_test {
namespace {

constexpr std::size_t words_octets_max = 200;

std::string name_in(const std::string& list, const asio::ip::address& address) {
  return dns::reversed(address) + '.' + list;
}

bool is_refusal(const asio::ip::address_v4& code) {
  return (code.to_uint() & 0xffffff00U) == 0x7fffff00U;
}

std::string codes_of(const dns::answer<asio::ip::address_v4>& said) {
  std::string codes;
  for (const asio::ip::address_v4& each : said.records) {
    codes += (codes.empty() ? "" : " ") + each.to_string();
  }
  return codes;
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

listing read_listing(const dns::answer<asio::ip::address_v4>& said) {
  if (!dns::is_authoritative(said.status)) return listing::trouble;
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

awaitable<dnsbl_answer> ask_dnsbl(dns::resolver& names, std::string list, asio::ip::address address,
                                  time_point deadline) {
  dnsbl_answer made;
  made.list = list;
  const auto entry = co_await names.a(name_in(list, test_entry(address)), deadline);
  made.said = read_listing(entry);
  made.detail =
      made.said == listing::trouble ? std::string(to_string(entry.status)) : codes_of(entry);
  if (made.said == listing::not_listed) made.said = listing::not_working;
  if (made.said != listing::listed) co_return made;

  const auto gap = co_await names.a(name_in(list, test_gap(address)), deadline);
  made.said = read_listing(gap);
  made.detail = made.said == listing::trouble ? std::string(to_string(gap.status)) : codes_of(gap);
  if (made.said == listing::listed) made.said = listing::not_working;
  if (made.said != listing::not_listed) co_return made;

  const auto said = co_await names.a(name_in(list, address), deadline);
  made.said = read_listing(said);
  made.detail =
      made.said == listing::trouble ? std::string(to_string(said.status)) : codes_of(said);
  if (made.said != listing::listed) co_return made;
  const auto words = co_await names.txt(name_in(list, address), deadline);
  if (!words.records.empty()) {
    const std::string text = words.records.front().joined();
    made.detail += ": " + text.substr(0, words_octets_max);
  }
  co_return made;
}

}  // namespace cbv::self_test
