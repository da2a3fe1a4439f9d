#include "tools/cbvd/settings.hpp"

#include <boost/asio/ip/host_name.hpp>
#include <cstdint>
#include <memory>
#include <utility>

#include "cbv/address/domain.hpp"
#include "cbv/self_test/facts.hpp"
#include "tools/cbvd/settings_access.hpp"
#include "tools/cbvd/settings_callout.hpp"
#include "tools/cbvd/settings_dns_lists.hpp"
#include "tools/cbvd/settings_edge.hpp"
#include "tools/cbvd/settings_envelope.hpp"
#include "tools/cbvd/settings_listener.hpp"
#include "tools/cbvd/settings_names.hpp"
#include "tools/cbvd/settings_reply_rule.hpp"
#include "tools/cbvd/settings_route.hpp"
#include "tools/cbvd/settings_spf.hpp"
#include "tools/cbvd/text_forms.hpp"

namespace cbv::cbvd {
namespace {

using namespace std::chrono_literals;

using times = std::chrono::milliseconds;
constexpr std::chrono::seconds year{365 * 24h};

void add_log(std::vector<setting>& all, log_options& log) {
  all.push_back(choice_setting<severity>("log.level", log.least,
                                         {{"debug", severity::debug},
                                          {"info", severity::info},
                                          {"notice", severity::notice},
                                          {"warning", severity::warning},
                                          {"error", severity::error}}));
  all.push_back(choice_setting<log_target>(
      "log.target", log.target,
      {{"stderr", log_target::standard_error}, {"syslog", log_target::syslog}}));
}

void add_listen(std::vector<setting>& all, settings& into) {
  add_sockets(all, "listen", into.listen);
  api::server_options& server = into.server;
  all.push_back(number_setting<std::size_t>("server.clients_max", server.clients_max, 1, 15'000));
  all.push_back(number_setting<std::size_t>("server.threads", into.threads, 0, 64));
  all.push_back(number_setting<std::size_t>("server.requests_in_flight_max",
                                            server.session.limits.in_flight_max, 1, 100'000));
  all.push_back(number_setting<std::size_t>(
      "server.line_octets_max", server.session.limits.line_octets_max, 1'024, 16'777'216));
  all.push_back(time_setting("server.idle_timeout", server.session.idle_timeout, 1s, times(24h)));
  all.push_back(
      time_setting("server.write_timeout", server.session.write_timeout, 1s, times(10min)));
  all.push_back(time_setting("server.stop_within", server.drain_timeout, times(0), times(10min)));
}

void add_recipients(std::vector<setting>& all, settings& into) {
  recipient_options& of = into.recipients;
  all.push_back(
      list_setting("recipients.files", of.lists.files, "an absolute path", absolute_path()));
  all.push_back(flag_setting("recipients.complete", of.terms.complete));
  all.push_back(text_setting("recipients.recipient_delimiter", of.terms.delimiter,
                             "characters, such as \"+\"", any_text_or_none()));
  all.push_back(time_setting("recipients.look_every", of.lists.look_every, 1s, 1h));
}

void add_dns(std::vector<setting>& all, settings& into) {
  all.push_back(list_setting("dns.servers", into.dns.servers,
                             "ADDRESS or ADDRESS:PORT, such as \"127.0.0.1\" or \"[::1]:53\"",
                             dns_server()));
  all.push_back(
      text_setting("dns.resolv_conf", into.dns.resolv_conf, "an absolute path", absolute_path()));
  all.push_back(time_setting("dns.try_timeout", into.dns.try_timeout, times(100), times(60s)));
  all.push_back(number_setting("dns.tries", into.dns.tries, 1, 10));
  all.push_back(number_setting<std::size_t>("dns.cache.entries_max", into.dns_cache.entries_max, 1,
                                            10'000'000));
  all.push_back(time_setting("dns.cache.ttl_max", into.dns_cache.ttl_max, 0s, year));
  all.push_back(
      time_setting("dns.cache.negative_ttl_max", into.dns_cache.negative_ttl_max, 0s, year));
}

void add_callbacks(std::vector<setting>& all, settings& into) {
  all.push_back(flag_setting("callbacks.in_check", into.verifier.callbacks_in_check));
}

void add_cache(std::vector<setting>& all, cache::lmdb_store_options& cache) {
  all.push_back(
      text_setting("cache.directory", cache.environment.directory, "a directory", any_text()));
  all.push_back(
      size_setting("cache.size_max", cache.environment.map_octets_max, 1ULL << 20U, 1ULL << 44U));
  all.push_back(number_setting<std::uint64_t>("cache.records_max", cache.sweeping.keep.records_max,
                                              1000, 1'000'000'000'000U));
  cache::lifetimes& lives = cache.times;
  const auto add = [&all](const char* key, std::chrono::seconds& target) {
    all.push_back(time_setting(std::string("cache.lifetimes.") + key, target, 1s, year));
  };
  add("deliverable_refresh", lives.deliverable_refresh);
  add("deliverable_expire", lives.deliverable_expire);
  add("undeliverable_refresh", lives.undeliverable_refresh);
  add("undeliverable_expire", lives.undeliverable_expire);
  add("unknown_first", lives.unknown_first);
  add("unknown_longest", lives.unknown_longest);
  add("dispute_reask", lives.dispute_reask);
  add("null_sender_refused", lives.null_sender_refused);
  add("catch_all_yes", lives.catch_all_yes);
  add("catch_all_no", lives.catch_all_no);
  add("catch_all_retest", lives.catch_all_retest);
  add("unknown_memory", lives.unknown_memory);
  add("host_memory", lives.host_memory);
}

void add_self_test(std::vector<setting>& all, self_test_options& self) {
  all.push_back(flag_setting("self_test.at_start", self.at_start));
  all.push_back(list_setting("self_test.dnsbl", self.dnsbl,
                             "the domain of a block list, such as \"ips.backscatterer.org\"",
                             host_name()));
  all.push_back(time_setting("self_test.time_limit", self.time_limit, 1s, times(10min)));
}

/// What is written down but not looked at.
std::vector<std::string> list_contradictions(const settings& read) {
  using envelope::check;
  std::vector<std::string> wrong;
  if (!read.access.files.empty() && !read.checks.on.has(check::access))
    wrong.emplace_back("check.access.files: expected \"access\" in check.make");
  if (!read.checks.own_domains.empty() && !read.checks.on.has(check::own_domain))
    wrong.emplace_back("own_domain: expected \"own_domain\" in check.make");
  return wrong;
}

}  // namespace

settings default_settings() {
  settings all;
  all.cache.environment.directory = "/var/lib/cbv";
  error_code no_name;
  const auto name = domain::parse(asio::ip::host_name(no_name));
  if (name) all.callout.helo_name = name->text();
  return all;
}

std::vector<setting> settings_of(settings& into) {
  std::vector<setting> all;
  add_log(all, into.log);
  add_listen(all, into);
  add_edge(all, into);
  add_http(all, into.http);
  add_dns(all, into);
  add_callout(all, into);
  add_callbacks(all, into);
  add_envelope(all, into);
  add_recipients(all, into);
  add_access(all, into.access);
  add_rate(all, into.rate);
  add_names(all, into);
  add_dns_lists(all, into.checks.dns_lists);
  add_spf(all, into.checks.spf);
  add_cache(all, into.cache);
  add_self_test(all, into.self_test);
  all.push_back(choice_setting<bool>("advice.mode", into.server.session.advice.observe,
                                     {{"enforce", false}, {"observe", true}}));
  all.push_back(
      flag_setting("advice.reveal_remote_text", into.server.session.advice.reveal_remote_text));
  return all;
}

std::vector<table_list> table_lists_of(settings& into) {
  return {route_list(into.callout.routes),
          reply_rule_list(into.reply_rules),
          listener_list(into.listeners),
          own_domain_list(into.checks.own_domains),
          advice_rule_list(into.server.session.advice.rules),
          dns_list_list(into.checks.dns_lists.lists)};
}

void compile_rules(settings& with) {
  with.callout.rules = with.reply_rules.empty()
                           ? nullptr
                           : std::make_shared<const smtp::reply_rulebook>(with.reply_rules);
}

std::vector<std::string> contradictions(const settings& read) {
  std::vector<std::string> wrong;
  if (read.listen.unix_sockets.empty() && read.listen.tcp.empty() && read.listeners.empty()) {
    wrong.emplace_back(
        "listen: expected at least one of listen.unix, listen.tcp and [[listener]], got none");
  }
  const cache::lifetimes& lives = read.cache.times;
  const auto in_order = [&wrong](const char* first, auto least, const char* second, auto most) {
    if (least <= most) return;
    wrong.push_back(std::string("cache.lifetimes.") + first + ": expected at most " + second);
  };
  in_order("deliverable_refresh", lives.deliverable_refresh, "deliverable_expire",
           lives.deliverable_expire);
  in_order("undeliverable_refresh", lives.undeliverable_refresh, "undeliverable_expire",
           lives.undeliverable_expire);
  in_order("unknown_first", lives.unknown_first, "unknown_longest", lives.unknown_longest);
  if (read.self_test.dnsbl.size() > self_test::dnsbls_max) {
    wrong.push_back("self_test.dnsbl: expected at most " + std::to_string(self_test::dnsbls_max) +
                    " lists");
  }
  for (const auto& odd :
       {callout_contradictions(read), edge_contradictions(read), envelope_contradictions(read),
        list_contradictions(read), rate_contradictions(read.rate), names_contradictions(read),
        dns_list_contradictions(read.checks.dns_lists), spf_contradictions(read.checks.spf)})
    wrong.insert(wrong.end(), odd.begin(), odd.end());
  return wrong;
}

std::string list_settings(settings shown) {
  std::string lines;
  for (const setting& one : settings_of(shown)) lines += one.key + " = " + one.shown() + '\n';
  for (const table_list& list : table_lists_of(shown)) {
    lines += "# [[" + list.key + "]]\n";
    for (const setting& one : list.begin()) lines += "# " + one.key + " = " + one.shown() + '\n';
  }
  return lines;
}

}  // namespace cbv::cbvd
