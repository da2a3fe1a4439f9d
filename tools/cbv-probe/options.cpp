#include "tools/cbv-probe/options.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/asio/ip/address.hpp>

#include "cbv/address/mailbox.hpp"
#include "cbv/base/amount.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/net/endpoint.hpp"
#include "cbv/net/ip_network.hpp"

namespace cbv::probe {
namespace {

constexpr std::chrono::milliseconds timeout_min{100};
constexpr std::chrono::milliseconds timeout_max{600'000};

std::string check_time(const std::string& text) {
  const auto time = parse_time(text);
  if (time && *time >= timeout_min && *time <= timeout_max) return {};
  return "expected a time from 100ms to 10m, such as 30s, got '" + text + "'";
}

std::string check_endpoint(const std::string& text) {
  if (net::parse_endpoint(text)) return {};
  return "expected ADDRESS:PORT, such as 127.0.0.1:53 or [::1]:53, got '" + text + "'";
}

std::string check_recipient(const std::string& text) {
  const auto read = parse_mailbox(text);
  return read ? std::string() : "expected a mail address: " + std::string(read.error().what);
}

std::string check_ip_address(const std::string& text) {
  boost::system::error_code wrong;
  boost::asio::ip::make_address(text, wrong);
  if (!wrong) return {};
  return "expected an IP address, such as 192.0.2.1, got '" + text + "'";
}

std::string check_network(const std::string& text) {
  if (net::ip_network::parse(text)) return {};
  return "expected a network, such as 127.0.0.0/8, got '" + text + "'";
}

std::string check_mailbox(const std::string& text) {
  const auto path = parse_reverse_path(text);
  if (path) return {};
  return "expected an address, got '" + text + "': " + to_string(path.error());
}

std::string check_host_name(const std::string& text) {
  const auto name = domain::parse(text);
  if (name) return {};
  return "expected a host name, got '" + text + "': " + to_string(name.error());
}

/// Options that CLI11 holds as text, because it knows neither our words nor our times.
struct text_options {
  std::string role = "recipient";
  std::string timeout = "30s";
};

void add_asking(CLI::App& app, options& into, text_options& text) {
  app.add_option("ADDRESS", into.addresses, "Addresses to ask about");
  app.add_option(
         "--from", into.from,
         "Read addresses (or with --classify replies) from FILE (- is standard input), one a line, "
         "or JSON lines with "
         "\"address\" and "
         "optionally \"role\"")
      ->type_name("FILE");
  app.add_option("--jobs", into.jobs, "Questions asked at once")
      ->type_name("N")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--socket", into.socket, "Where cbvd listens: a path, or HOST:PORT")
      ->type_name("PATH|HOST:PORT")
      ->capture_default_str();
  app.add_option("--role", text.role, "Ask as sender (return path) or recipient")
      ->type_name("sender|recipient")
      ->check(CLI::IsMember({"sender", "recipient"}))
      ->capture_default_str();
  app.add_flag("--fresh", into.fresh, "Do not answer from the cache");
  app.add_option("--timeout", text.timeout, "Longest wait for one answer")
      ->type_name("TIME")
      ->check(check_time)
      ->capture_default_str();
}

void add_direct(CLI::App& app, options& into, bool& only_ipv4, bool& only_ipv6) {
  const char* group = "Without a daemon";
  auto* direct = app.add_flag("--direct", into.direct, "Do the callout here, and show the dialogue")
                     ->group(group);
  const auto belongs = [&](CLI::Option* option) { return option->needs(direct)->group(group); };
  app.add_option("--dns", into.dns_servers, "DNS server to ask, in place of resolv.conf's")
      ->type_name("HOST:PORT")
      ->allow_extra_args(false)
      ->check(check_endpoint)
      ->group(group);
  belongs(app.add_option("--port", into.port, "Port of the far mail hosts")
              ->type_name("N")
              ->check(CLI::Range(1, 65535))
              ->capture_default_str());
  belongs(app.add_option("--permit", into.permit_networks,
                         "Dial this network although it is loopback, private or reserved")
              ->type_name("CIDR")
              ->allow_extra_args(false)
              ->check(check_network));
  belongs(
      app.add_option("--mail-from", into.mail_from, "Ask with MAIL FROM:<ADDRESS>, in place of <>")
          ->type_name("ADDRESS")
          ->check(check_mailbox));
  auto* four = belongs(app.add_flag("-4", only_ipv4, "Dial IPv4 addresses only"));
  belongs(app.add_flag("-6", only_ipv6, "Dial IPv6 addresses only"))->excludes(four);
  app.add_option("--helo", into.helo_name,
                 "Our own name in EHLO, or as --classify is to know it; with --spf the client's")
      ->type_name("NAME")
      ->group(group);
}

void add_spf(CLI::App& app, options& into) {
  const char* group = "SPF";
  auto* spf = app.add_flag("--spf", into.wants_spf,
                           "Show whether a client may send for a domain (RFC 7208)")
                  ->group(group);
  app.add_option("--client-ip", into.client_ip, "The client's address")
      ->type_name("ADDRESS")
      ->check(check_ip_address)
      ->needs(spf)
      ->group(group);
  app.add_option("--sender", into.sender, "Its MAIL FROM; if it has none, HELO is looked at")
      ->type_name("ADDRESS")
      ->needs(spf)
      ->group(group);
}

void add_offline(CLI::App& app, options& into) {
  const char* group = "Offline";
  app.add_option("--parse", into.parse, "Show how cbv reads an address")
      ->type_name("ADDRESS")
      ->group(group);
  app.add_flag(
         "--classify", into.wants_classify,
         "Show what cbv makes of a reply, [STAGE] REPLY in place of addresses (greeting, ehlo, "
         "starttls, mail, rcpt; rcpt if left out), or with --from of those in FILE")
      ->group(group);
  app.add_option("--own-ip", into.own_ip, "Our own address, as --classify is to know it")
      ->type_name("ADDRESS")
      ->check(check_ip_address)
      ->needs("--classify")
      ->group(group);
  app.add_option("--mailbox", into.asked_mailbox,
                 "The address in RCPT TO, as --classify is to know it")
      ->type_name("ADDRESS")
      ->check(check_recipient)
      ->needs("--classify")
      ->group(group);
  app.add_option("--config", into.config,
                 "Settings of cbvd whose [[reply_rule]] tables --classify is to use")
      ->type_name("FILE")
      ->needs("--classify")
      ->group(group);
}

/// What CLI11 cannot say; an empty text is "good".
std::string check_together(const options& asked) {
  if (asked.wants_classify && asked.classify.empty() == asked.from.empty()) {
    return "--classify takes a REPLY, or --from";
  }
  if (asked.classify.size() > 2) return "--classify takes a STAGE and a REPLY, the reply quoted";
  if (asked.classify.size() == 1 && !ascii::is_digit(asked.classify.front().front())) {
    return "--classify expected a REPLY, such as '550 5.1.1 No such user'";
  }
  const int ways =
      (asked.wants_parse ? 1 : 0) + (asked.wants_classify ? 1 : 0) + (asked.wants_spf ? 1 : 0) +
      (asked.from.empty() || asked.wants_classify ? 0 : 1) + (asked.addresses.empty() ? 0 : 1);
  if (ways == 0) return "expected an ADDRESS, --from, --parse, --classify or --spf";
  if (ways > 1) return "ADDRESS, --from, --parse, --classify and --spf exclude each other";
  if (!asked.helo_name.empty() && !asked.direct && !asked.wants_classify && !asked.wants_spf) {
    return "--helo requires --direct, --classify or --spf";
  }
  if (!asked.dns_servers.empty() && !asked.direct && !asked.wants_spf) {
    return "--dns requires --direct or --spf";
  }
  if (asked.wants_spf && asked.client_ip.empty()) return "--spf requires --client-ip";
  if (asked.wants_spf && asked.helo_name.empty() && asked.sender.empty()) {
    return "--spf requires --sender or --helo";
  }
  // What a client says in HELO may be anything.
  if (!asked.helo_name.empty() && !asked.wants_spf) {
    if (std::string wrong = check_host_name(asked.helo_name); !wrong.empty()) {
      return "--helo: " + wrong;
    }
  }
  if (asked.wants_spf && asked.format == output_format::csv) return "--csv is not for --spf";
  if (asked.wants_classify && asked.format == output_format::csv) {
    return "--csv is not for --classify";
  }
  return {};
}

}  // namespace

std::variant<options, int> parse_command_line(int argc, const char* const* argv) {
  options asked;
  text_options text;
  bool json = false;
  bool csv = false;
  bool only_ipv4 = false;
  bool only_ipv6 = false;
  CLI::App app("Ask whether mail addresses are real.", "cbv-probe");
  app.set_version_flag("--version", CBV_VERSION);
  add_asking(app, asked, text);
  auto* as_json = app.add_flag("--json", json, "One JSON object an address");
  app.add_flag("--csv", csv, "Comma-separated values, with a header line")->excludes(as_json);
  add_direct(app, asked, only_ipv4, only_ipv6);
  add_spf(app, asked);
  add_offline(app, asked);
  app.footer(
      "Exit status: 0 all deliverable, 1 any undeliverable, 2 any unknown (and none "
      "undeliverable), 64 usage, "
      "66 no input, 69 no daemon, 130 interrupted.");
  try {
    app.parse(argc, argv);
    asked.wants_parse = app.count("--parse") > 0;
    // Options may stand between --classify and its reply, which CLI11 grants to no option.
    if (asked.wants_classify) asked.classify.swap(asked.addresses);
    asked.format = json ? output_format::json : csv ? output_format::csv : output_format::table;
    if (const std::string wrong = check_together(asked); !wrong.empty()) {
      throw CLI::ValidationError(wrong);
    }
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_usage;
  }
  asked.role = *word_from_name<role>(text.role);
  asked.timeout = *parse_time(text.timeout);
  if (only_ipv4) asked.family = dns::address_family::ipv4;
  if (only_ipv6) asked.family = dns::address_family::ipv6;
  return asked;
}

}  // namespace cbv::probe
