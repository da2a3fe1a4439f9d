#include "tools/cbvd/settings_callout.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "tools/cbvd/text_forms.hpp"

namespace cbv::cbvd {
namespace {

using namespace std::chrono_literals;

using times = std::chrono::milliseconds;

constexpr std::size_t re_probes_of_one_most = 20;

/// What an answer of a host is taken for that the design leaves to the administrator.
setting proof_setting(std::string key, bool& is_undeliverable) {
  return choice_setting<bool>(std::move(key), is_undeliverable,
                              {{"unknown", false}, {"undeliverable", true}});
}

void add_asking(std::vector<setting>& all, settings& into) {
  callout::callout_options& callout = into.callout;
  all.push_back(text_setting("callout.helo_name", callout.helo_name, "a host name", host_name()));
  all.push_back(
      text_setting("callout.mail_from", callout.mail_from, "an address, or \"<>\"", return_path()));
  all.push_back(number_setting<std::uint16_t>("callout.port", callout.port, 1, 65535));
  all.push_back(text_setting("callout.source_ipv4", into.dialer.source_v4,
                             "an IPv4 address, or \"\"", source_address<asio::ip::address_v4>()));
  all.push_back(text_setting("callout.source_ipv6", into.dialer.source_v6,
                             "an IPv6 address, or \"\"", source_address<asio::ip::address_v6>()));
  all.push_back(
      text_setting("callout.own_ip", into.own_ip, "an IP address, or \"\"", own_address()));
  all.push_back(choice_setting<dns::address_family>("callout.family", callout.family,
                                                    {{"any", dns::address_family::any},
                                                     {"ipv4", dns::address_family::ipv4},
                                                     {"ipv6", dns::address_family::ipv6}}));
  all.push_back(list_setting("callout.permit_networks", callout.permit_networks,
                             "a network, such as \"127.0.0.0/8\"", network_text()));
  all.push_back(number_setting<std::size_t>("callout.hosts_max", callout.hosts_max, 1, 50));
  all.push_back(number_setting<std::size_t>("callout.addresses_max", callout.addresses_max, 1, 50));
  all.push_back(
      number_setting<std::size_t>("callout.callouts_max", into.verifier.callouts_max, 1, 15'000));
  all.push_back(number_setting<std::size_t>("callout.waiting_max",
                                            into.verifier.waiting_callouts_max, 0, 1'000'000));
  all.push_back(tls_setting("callout.tls", callout.tls));
  all.push_back(
      text_setting("callout.tls_ca_file", into.tls.ca_file, "a file, or \"\"", any_text_or_none()));
  all.push_back(
      time_setting("callout.race_delay", callout.hosts.race_delay, times(10), times(10s)));
  all.push_back(number_setting<std::size_t>("callout.resting_sessions_max",
                                            callout.hosts.resting_max, 0, 10'000));
  all.push_back(text_setting("callout.fallback_sender", callout.fallback_sender,
                             "an address, or \"\"", mailbox_or_none()));
  all.push_back(
      choice_setting<callout::catch_all_test>("callout.catch_all_test", callout.catch_all_test,
                                              {{"off", callout::catch_all_test::off},
                                               {"behind", callout::catch_all_test::behind},
                                               {"wait", callout::catch_all_test::wait}}));
  all.push_back(flag_setting("callout.noop", callout.noop));
  all.push_back(
      proof_setting("callout.null_sender_refused", callout.null_sender_refused_is_undeliverable));
  all.push_back(proof_setting("callout.relay_denied", callout.relay_denied_is_undeliverable));
}

void add_re_probes(std::vector<setting>& all, settings& into) {
  re_probe_options& re_probes = into.verifier.re_probes;
  all.push_back(list_setting("callout.greylist_retries", re_probes.retries,
                             "a time from \"1s\" to \"1d\"", whole_seconds(1s, 24h)));
  all.push_back(number_setting<std::size_t>("callout.re_probes_max", re_probes.at_once, 1, 15'000));
  all.push_back(
      number_setting<std::size_t>("callout.bookings_max", into.cache.bookings_max, 0, 1'000'000));
}

void add_time_limits(std::vector<setting>& all, settings& into) {
  callout::callout_options& callout = into.callout;
  all.push_back(time_setting("callout.limits.dns", callout.dns_limit, 1s, times(5min)));
  all.push_back(time_setting("callout.patience", callout.patience, 1s, times(30min)));
  smtp::stage_limits& limits = into.callout.hosts.sessions.limits;
  all.push_back(time_setting("callout.limits.connect", limits.connect, times(100), times(5min)));
  all.push_back(time_setting("callout.limits.greeting", limits.greeting, times(100), times(10min)));
  all.push_back(time_setting("callout.limits.ehlo", limits.ehlo, times(100), times(10min)));
  all.push_back(time_setting("callout.limits.starttls", limits.starttls, times(100), times(10min)));
  all.push_back(time_setting("callout.limits.mail", limits.mail, times(100), times(10min)));
  all.push_back(time_setting("callout.limits.rcpt", limits.rcpt, times(100), times(10min)));
  all.push_back(time_setting("callout.limits.quit", limits.quit, times(0), times(1min)));
}

void add_courtesy(std::vector<setting>& all, settings& into) {
  callout::callout_options& callout = into.callout;
  add_host_limits(all, "callout.per_host.", callout.per_host);
  all.push_back(time_setting("callout.breaker.first", callout.breaker.first, 1s, times(24h)));
  all.push_back(time_setting("callout.breaker.longest", callout.breaker.longest, 1s, times(24h)));
  all.push_back(name_list_setting("callout.opt_out.domains", callout.opt_out.domains));
  all.push_back(name_list_setting("callout.opt_out.hosts", callout.opt_out.hosts));
  all.push_back(list_setting("callout.opt_out.networks", callout.opt_out.networks,
                             "a network, such as \"192.0.2.0/24\"", network_text()));
  policy::joe_job_options& joe_job = into.verifier.joe_job;
  all.push_back(number_setting<std::size_t>("callout.joe_job.clients", joe_job.clients, 0, 10'000));
  all.push_back(time_setting("callout.joe_job.window", joe_job.window, 1s, times(24h)));
  all.push_back(time_setting("callout.joe_job.pause", joe_job.pause, 1s, times(24h)));
  all.push_back(number_setting<std::size_t>("callout.joe_job.domains_max", joe_job.domains_max, 1,
                                            1'000'000));
  policy::listing_options& listing = callout.listing;
  all.push_back(number_setting<std::size_t>("callout.listing.hosts", listing.hosts, 0, 1'000));
  all.push_back(
      number_setting<unsigned>("callout.listing.share_percent", listing.share_percent, 1, 100));
  all.push_back(time_setting("callout.listing.window", listing.window, 1s, times(24h)));
  all.push_back(time_setting("callout.listing.pause", listing.pause, 1s, times(24h)));
  all.push_back(number_setting<std::size_t>("callout.listing.networks_max", listing.networks_max, 1,
                                            1'000'000));
}

}  // namespace

void add_callout(std::vector<setting>& all, settings& into) {
  add_asking(all, into);
  add_re_probes(all, into);
  add_time_limits(all, into);
  add_courtesy(all, into);
}

std::vector<std::string> callout_contradictions(const settings& read) {
  std::vector<std::string> wrong;
  const callout::callout_options& callout = read.callout;
  if (callout.breaker.first > callout.breaker.longest)
    wrong.emplace_back("callout.breaker.first: expected at most longest");
  if (callout.listing.hosts > callout.listing.networks_max)
    wrong.emplace_back("callout.listing.hosts: expected at most networks_max");
  if (read.verifier.re_probes.retries.size() > re_probes_of_one_most) {
    wrong.push_back("callout.greylist_retries: expected at most " +
                    std::to_string(re_probes_of_one_most) + " times");
  }
  return wrong;
}

void add_host_limits(std::vector<setting>& all, const std::string& prefix,
                     callout::host_limits& limits) {
  const auto add = [&](const char* key, std::size_t& target, std::size_t least, std::size_t most) {
    all.push_back(number_setting<std::size_t>(prefix + key, target, least, most));
  };
  add("connections_max", limits.connections_max, 1, 1'000);
  add("waiting_max", limits.waiting_max, 0, 100'000);
  add("sessions_per_minute", limits.sessions_per_minute, 1, 100'000);
  add("refusals_per_minute", limits.refusals_per_minute, 1, 100'000);
  add("rcpts_per_session", limits.rcpts_per_session, 1, 10'000);
  add("refusals_per_session", limits.refusals_per_session, 1, 10'000);
  all.push_back(time_setting(prefix + "idle", limits.idle, times(0), times(5min)));
}

setting tls_setting(std::string key, smtp::tls_policy& target) {
  return choice_setting<smtp::tls_policy>(std::move(key), target,
                                          {{"never", smtp::tls_policy::never},
                                           {"may", smtp::tls_policy::may},
                                           {"need", smtp::tls_policy::need},
                                           {"verify", smtp::tls_policy::verify}});
}

}  // namespace cbv::cbvd
