#include "cbv/checks/dns_list_desk.hpp"

#include <algorithm>
#include <vector>

#include "cbv/async/side_by_side.hpp"

namespace cbv::checks {
namespace {

using dns::listing;

// The parts below write into what is in the frame of who waits for them.

awaitable<void> look_up(dns::resolver& names, std::string name, time_point deadline,
                        dns::answer<asio::ip::address_v4>& into) {
  into = co_await names.a(std::move(name), deadline);
}

}  // namespace

bool dns_list_desk::is_health_known(const health_key& of) const {
  const auto found = health_.find(of);
  return found != health_.end() && time_.now() < found->second.until;
}

awaitable<void> dns_list_desk::learn_health(const std::string& zone, asio::ip::address client,
                                            time_point deadline) {
  dns::answer<asio::ip::address_v4> entry;
  dns::answer<asio::ip::address_v4> gap;
  std::vector<awaitable<void>> questions;
  questions.push_back(
      look_up(names_, dns::name_in_list(dns::test_entry(client), zone), deadline, entry));
  questions.push_back(
      look_up(names_, dns::name_in_list(dns::test_gap(client), zone), deadline, gap));
  co_await side_by_side(std::move(questions));
  const listing said = dns::read_test_entries(dns::read_listing(entry), dns::read_listing(gap));
  const auto lasts = said == listing::listed    ? options_.healthy_for
                     : said == listing::trouble ? options_.trouble_for
                                                : options_.unhealthy_for;
  health_[{zone, client.is_v4()}] = health{said, time_.now() + lasts};
}

awaitable<void> dns_list_desk::ask_zone(zone_answer& into, asio::ip::address client,
                                        bool asks_words, time_point deadline) {
  const health_key key{into.zone, client.is_v4()};
  const bool is_known = is_health_known(key);
  if (is_known && health_[key].said != listing::listed) {
    into.said = health_[key].said;
    co_return;
  }
  const std::string name = dns::name_in_list(client, into.zone);
  dns::answer<asio::ip::address_v4> said;
  std::vector<awaitable<void>> questions;
  questions.push_back(look_up(names_, name, deadline, said));
  if (!is_known) questions.push_back(learn_health(into.zone, client, deadline));
  co_await side_by_side(std::move(questions));

  health& now = health_[key];
  into.said = dns::read_listing(said);
  if (is_known && into.said == listing::trouble) now.until = std::min(now.until, time_.now());
  if (now.said != listing::listed) into.said = now.said;
  if (into.said != listing::listed) co_return;
  into.codes = std::move(said.records);
  if (!asks_words) co_return;
  const auto words = co_await names_.txt(name, deadline);
  if (!words.records.empty()) into.words = words.records.front().joined();
}

awaitable<dns_list_facts> dns_list_desk::gather(const envelope& of, const dns_list_rules& rules,
                                                time_point deadline) {
  dns_list_facts facts;
  if (!of.client) co_return facts;
  for (const dns_list& each : rules.lists) {
    const bool is_there =
        std::any_of(facts.zones.begin(), facts.zones.end(),
                    [&each](const zone_answer& other) { return other.zone == each.zone; });
    if (is_there) continue;
    zone_answer one;
    one.zone = each.zone;
    facts.zones.push_back(std::move(one));
  }
  std::vector<awaitable<void>> questions;
  for (zone_answer& each : facts.zones) {
    questions.push_back(ask_zone(each, *of.client, rules.asks_words, deadline));
  }
  co_await side_by_side(std::move(questions));
  co_return facts;
}

}  // namespace cbv::checks
