#include "tools/cbvd/self_check.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "cbv/dns/caching_resolver.hpp"
#include "cbv/dns/cares_resolver.hpp"
#include "cbv/net/own_address.hpp"
#include "cbv/self_test/gather.hpp"
#include "cbv/self_test/judge.hpp"

namespace cbv::cbvd {
namespace {

using self_test::finding;
using self_test::grade;

// Towards these the routes are looked up, and nothing is sent: a.root-servers.net, which is where
// the rest of the internet is.
constexpr const char* far_v4 = "198.41.0.4";
constexpr const char* far_v6 = "2001:503:ba3e::2:30";

constexpr std::array grades = {grade::ok, grade::warning, grade::wrong, grade::not_known};

self_test::source source_of(const std::string& own_ip,
                            const std::optional<asio::ip::address>& bound, const char* far) {
  const asio::ip::address there = asio::ip::make_address(far);
  error_code none;
  std::optional<asio::ip::address> own = asio::ip::make_address(own_ip, none);
  if (none || own->is_v4() != there.is_v4()) own.reset();
  std::optional<asio::ip::address> routed;
  if (const auto here = net::own_address_towards(there)) routed = *here;
  return self_test::choose_source(own, bound, routed);
}

std::ptrdiff_t count(const std::vector<finding>& found, grade of) {
  return std::count_if(found.begin(), found.end(),
                       [of](const finding& each) { return each.graded == of; });
}

std::string padded(std::string_view text, std::size_t width) {
  std::string shown(text);
  shown.resize(std::max(width, shown.size()), ' ');
  return shown;
}

}  // namespace

self_test::appearance appearance_of(const settings& with) {
  self_test::appearance seen;
  seen.helo_name = with.callout.helo_name;
  seen.senders.push_back(with.callout.mail_from);
  if (with.callout.fallback_sender) seen.senders.emplace_back(*with.callout.fallback_sender);
  seen.family = with.callout.family;
  seen.ipv4 = source_of(with.own_ip, with.dialer.source_v4, far_v4);
  seen.ipv6 = source_of(with.own_ip, with.dialer.source_v6, far_v6);
  seen.dnsbls = with.self_test.dnsbl;
  return seen;
}

awaitable<std::vector<finding>> check_self(dns::resolver& names, timer& time, random_source& chance,
                                           const settings& with) {
  self_test::appearance seen = appearance_of(with);
  const time_point deadline = time.now() + with.self_test.time_limit;
  const self_test::facts learnt =
      co_await self_test::gather(names, time, chance, std::move(seen), deadline);
  co_return self_test::judge(learnt);
}

std::vector<finding> check_self(const settings& with) {
  system_timer time;
  seeded_random chance(system_seed());
  asio::io_context context(1);
  dns::cares_resolver upstream(context.get_executor(), time, with.dns);
  dns::caching_resolver names(upstream, time, with.dns_cache);
  std::vector<finding> found;
  std::exception_ptr failed;
  asio::co_spawn(context, check_self(names, time, chance, with),
                 [&](const std::exception_ptr& thrown, std::vector<finding> said) {
                   failed = thrown;
                   found = std::move(said);
                 });
  context.run();
  if (failed) std::rethrow_exception(failed);
  return found;
}

std::string finding_lines(const std::vector<finding>& found) {
  std::string lines;
  for (const finding& each : found) {
    const bool is_not_known = each.graded == grade::not_known;
    lines += padded(is_not_known ? "not known" : to_string(each.graded), 10);
    lines += padded(each.check, 14);
    if (!each.about.empty()) lines += each.about + ": ";
    lines += each.text + '.';
    if (!each.advice.empty()) lines += ' ' + each.advice;
    lines += '\n';
  }
  return lines;
}

std::string finding_json(const std::vector<finding>& found) {
  nlohmann::ordered_json shown;
  for (const grade each : grades) shown[std::string(to_string(each))] = count(found, each);
  shown["findings"] = nlohmann::ordered_json::array();
  for (const finding& each : found) {
    nlohmann::ordered_json one;
    one["grade"] = to_string(each.graded);
    one["check"] = each.check;
    one["about"] = each.about;
    one["text"] = each.text;
    one["advice"] = each.advice;
    shown["findings"].push_back(std::move(one));
  }
  return shown.dump(2) + '\n';
}

void log_findings(const logger& log, const std::vector<finding>& found) {
  for (const finding& each : found) {
    const bool is_bad = each.graded == grade::wrong || each.graded == grade::warning;
    log.write(is_bad ? severity::warning : severity::info, "self_test_found",
              {{"grade", to_string(each.graded)},
               {"check", each.check},
               {"about", each.about},
               {"text", each.text},
               {"advice", each.advice}});
  }
  log.write(severity::notice, "self_test_finished",
            {{"ok", count(found, grade::ok)},
             {"warning", count(found, grade::warning)},
             {"wrong", count(found, grade::wrong)},
             {"not_known", count(found, grade::not_known)}});
}

}  // namespace cbv::cbvd
