#include "tools/cbvd/settings.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/host_name.hpp>
#include <charconv>
#include <optional>
#include <utility>

#include "cbv/address/mailbox.hpp"

namespace cbv::cbvd {
namespace {

using namespace std::chrono_literals;

using times = std::chrono::milliseconds;
constexpr std::chrono::seconds year{365 * 24h};

text_form<std::string> any_text() {
  return {[](std::string_view text) -> parsed<std::string> {
            if (text.empty()) return syntax_error{"nothing is there", 1};
            return std::string(text);
          },
          [](const std::string& text) { return text; }};
}

text_form<std::string> absolute_path() {
  return {[](std::string_view text) -> parsed<std::string> {
            if (text.empty() || text.front() != '/')
              return syntax_error{"it does not begin with /", 1};
            return std::string(text);
          },
          [](const std::string& text) { return text; }};
}

text_form<unsigned> octal_mode() {
  return {[](std::string_view text) -> parsed<unsigned> {
            unsigned mode = 0;
            const char* end = text.data() + text.size();
            const auto [stop, failed] = std::from_chars(text.data(), end, mode, 8);
            if (failed != std::errc() || stop != end || mode > 0777) {
              return syntax_error{"permission bits are octal digits, at most 0777",
                                  static_cast<std::size_t>(stop - text.data()) + 1};
            }
            return mode;
          },
          [](const unsigned& mode) {
            std::string text = "0000";
            for (std::size_t i = 0; i < 4; ++i)
              text[3 - i] = static_cast<char>('0' + (mode >> (3 * i) & 7U));
            return text;
          }};
}

text_form<net::endpoint> endpoint_text() {
  return {[](std::string_view text) { return net::parse_endpoint(text); },
          [](const net::endpoint& at) { return to_string(at); }};
}

text_form<net::ip_network> network_text() {
  return {[](std::string_view text) { return net::ip_network::parse(text); },
          [](const net::ip_network& network) { return network.text(); }};
}

text_form<std::string> dns_server() {
  return {[](std::string_view text) -> parsed<std::string> {
            const auto server = dns::parse_server(text);
            if (!server) return server.error();
            return std::string(text);
          },
          [](const std::string& text) { return text; }};
}

text_form<std::string> host_name() {
  return {[](std::string_view text) -> parsed<std::string> {
            const auto name = domain::parse(text);
            if (!name) return name.error();
            return name->text();
          },
          [](const std::string& text) { return text; }};
}

text_form<std::string> own_address() {
  return {[](std::string_view text) -> parsed<std::string> {
            if (text.empty()) return std::string();
            error_code wrong;
            const auto address = asio::ip::make_address(text, wrong);
            if (wrong) return syntax_error{"it is no IP address", 1};
            return address.to_string();
          },
          [](const std::string& text) { return text; }};
}

text_form<reverse_path> return_path() {
  return {[](std::string_view text) { return parse_reverse_path(text); },
          [](const reverse_path& path) { return path ? to_string(*path) : std::string("<>"); }};
}

/// An address of one family; an empty text is none.
template <class Address>
text_form<std::optional<Address>> source_address() {
  return {[](std::string_view text) -> parsed<std::optional<Address>> {
            if (text.empty()) return std::optional<Address>();
            error_code wrong;
            const auto address = asio::ip::make_address(text, wrong);
            if constexpr (std::is_same_v<Address, asio::ip::address_v4>) {
              if (!wrong && address.is_v4()) return std::optional(address.to_v4());
            } else {
              if (!wrong && address.is_v6()) return std::optional(address.to_v6());
            }
            return syntax_error{"it is no address of this family", 1};
          },
          [](const std::optional<Address>& address) {
            return address ? address->to_string() : std::string();
          }};
}

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
  listen_options& listen = into.listen;
  all.push_back(
      list_setting("listen.unix", listen.unix_sockets, "an absolute path", absolute_path()));
  all.push_back(text_setting("listen.unix_mode", listen.unix_mode,
                             "permission bits such as \"0660\"", octal_mode()));
  all.push_back(list_setting("listen.tcp", listen.tcp,
                             "ADDRESS:PORT, such as \"127.0.0.1:8025\" or \"[::1]:8025\"",
                             endpoint_text()));
  api::server_options& server = into.server;
  all.push_back(number_setting<std::size_t>("server.clients_max", server.clients_max, 1, 15'000));
  all.push_back(number_setting<std::size_t>("server.requests_in_flight_max",
                                            server.session.limits.in_flight_max, 1, 100'000));
  all.push_back(number_setting<std::size_t>(
      "server.line_octets_max", server.session.limits.line_octets_max, 1'024, 16'777'216));
  all.push_back(time_setting("server.idle_timeout", server.session.idle_timeout, 1s, times(24h)));
  all.push_back(
      time_setting("server.write_timeout", server.session.write_timeout, 1s, times(10min)));
  all.push_back(time_setting("server.stop_within", server.drain_timeout, times(0), times(10min)));
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

void add_callout(std::vector<setting>& all, settings& into) {
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
      text_setting("callout.own_ip", callout.own_ip, "an IP address, or \"\"", own_address()));
  all.push_back(choice_setting<dns::address_family>("callout.family", callout.family,
                                                    {{"any", dns::address_family::any},
                                                     {"ipv4", dns::address_family::ipv4},
                                                     {"ipv6", dns::address_family::ipv6}}));
  all.push_back(list_setting("callout.permit_networks", callout.permit_networks,
                             "a network, such as \"127.0.0.0/8\"", network_text()));
  all.push_back(number_setting<std::size_t>("callout.hosts_max", callout.hosts_max, 1, 50));
  all.push_back(number_setting<std::size_t>("callout.addresses_max", callout.addresses_max, 1, 50));
  all.push_back(
      number_setting<std::size_t>("callout.connections_max", callout.connections_max, 1, 1'000));
  all.push_back(
      number_setting<std::size_t>("callout.callouts_max", into.verifier.callouts_max, 1, 15'000));
  all.push_back(number_setting<std::size_t>("callout.waiting_max",
                                            into.verifier.waiting_callouts_max, 0, 1'000'000));
  all.push_back(number_setting<std::size_t>("callout.connections_waiting_max", callout.waiting_max,
                                            0, 100'000));
  all.push_back(time_setting("callout.limits.dns", callout.dns_limit, 1s, times(5min)));
  all.push_back(time_setting("callout.limits.total", callout.total_limit, 1s, times(30min)));
  smtp::stage_limits& limits = into.prober.limits;
  all.push_back(time_setting("callout.limits.connect", limits.connect, times(100), times(5min)));
  all.push_back(time_setting("callout.limits.greeting", limits.greeting, times(100), times(10min)));
  all.push_back(time_setting("callout.limits.ehlo", limits.ehlo, times(100), times(10min)));
  all.push_back(time_setting("callout.limits.mail", limits.mail, times(100), times(10min)));
  all.push_back(time_setting("callout.limits.rcpt", limits.rcpt, times(100), times(10min)));
  all.push_back(time_setting("callout.limits.quit", limits.quit, times(0), times(1min)));
}

void add_callbacks(std::vector<setting>& all, settings& into) {
  all.push_back(flag_setting("callbacks.in_check", into.verifier.callbacks_in_check));
}

void add_cache(std::vector<setting>& all, cache::lmdb_store_options& cache) {
  all.push_back(
      text_setting("cache.directory", cache.environment.directory, "a directory", any_text()));
  all.push_back(
      size_setting("cache.size_max", cache.environment.map_octets_max, 1ULL << 20U, 1ULL << 44U));
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
  add_dns(all, into);
  add_callout(all, into);
  add_callbacks(all, into);
  add_cache(all, into.cache);
  all.push_back(choice_setting<bool>("advice.mode", into.server.session.advice.observe,
                                     {{"enforce", false}, {"observe", true}}));
  return all;
}

std::vector<table_list> table_lists_of(settings& /*into*/) {
  return {};
}

std::vector<std::string> contradictions(const settings& read) {
  std::vector<std::string> wrong;
  if (read.listen.unix_sockets.empty() && read.listen.tcp.empty()) {
    wrong.emplace_back("listen: expected at least one of listen.unix and listen.tcp, got neither");
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
