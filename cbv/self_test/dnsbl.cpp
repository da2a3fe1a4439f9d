#include "cbv/self_test/dnsbl.hpp"

namespace cbv::self_test {
namespace {

using dns::listing;

constexpr std::size_t words_octets_max = 200;

std::string codes_of(const dns::answer<asio::ip::address_v4>& said) {
  std::string codes;
  for (const asio::ip::address_v4& each : said.records) {
    codes += (codes.empty() ? "" : " ") + each.to_string();
  }
  return codes;
}

}  // namespace

awaitable<dnsbl_answer> ask_dnsbl(dns::resolver& names, std::string list, asio::ip::address address,
                                  time_point deadline) {
  dnsbl_answer made;
  made.list = list;
  const auto entry = co_await names.a(dns::name_in_list(dns::test_entry(address), list), deadline);
  made.said = dns::read_listing(entry);
  made.detail =
      made.said == listing::trouble ? std::string(to_string(entry.status)) : codes_of(entry);
  if (made.said == listing::not_listed) made.said = listing::not_working;
  if (made.said != listing::listed) co_return made;

  const auto gap = co_await names.a(dns::name_in_list(dns::test_gap(address), list), deadline);
  made.said = dns::read_listing(gap);
  made.detail = made.said == listing::trouble ? std::string(to_string(gap.status)) : codes_of(gap);
  if (made.said == listing::listed) made.said = listing::not_working;
  if (made.said != listing::not_listed) co_return made;

  const auto said = co_await names.a(dns::name_in_list(address, list), deadline);
  made.said = dns::read_listing(said);
  made.detail =
      made.said == listing::trouble ? std::string(to_string(said.status)) : codes_of(said);
  if (made.said != listing::listed) co_return made;
  const auto words = co_await names.txt(dns::name_in_list(address, list), deadline);
  if (!words.records.empty()) {
    const std::string text = words.records.front().joined();
    made.detail += ": " + text.substr(0, words_octets_max);
  }
  co_return made;
}

}  // namespace cbv::self_test
