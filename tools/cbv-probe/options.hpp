// The command line of cbv-probe.
#ifndef CBV_TOOLS_CBV_PROBE_OPTIONS_HPP
#define CBV_TOOLS_CBV_PROBE_OPTIONS_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "cbv/dns/mail_hosts.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::probe {

/// How results are written.
enum class output_format { table, json, csv };

/// Exit statuses, as sysexits.h numbers them where it has one.
inline constexpr int exit_deliverable = 0;
inline constexpr int exit_undeliverable = 1;
inline constexpr int exit_unknown = 2;
inline constexpr int exit_usage = 64;
inline constexpr int exit_no_input = 66;
inline constexpr int exit_no_daemon = 69;
inline constexpr int exit_software = 70;
inline constexpr int exit_interrupted = 130;

/// What the user asked for, checked as far as it can be without I/O.
struct options {
  std::vector<std::string> addresses;
  std::string from;  // a file, or "-" for standard input; empty: the addresses above
  std::string socket = "/run/cbv/cbvd.sock";
  cbv::role role = cbv::role::recipient;
  output_format format = output_format::table;
  std::chrono::milliseconds timeout{30'000};
  std::size_t jobs = 20;
  bool fresh = false;

  bool direct = false;  // no daemon: this process does the callout itself
  std::vector<std::string> dns_servers;
  std::uint16_t port = 25;
  std::vector<std::string> permit_networks;
  std::string helo_name;  // empty: the name of this machine
  std::string mail_from;  // empty: <>
  dns::address_family family = dns::address_family::any;

  std::string parse;                  // --parse: an address, offline
  std::vector<std::string> classify;  // --classify: a reply, or a stage and a reply, offline
  bool wants_parse = false;
  bool wants_classify = false;  // with `from`: the replies are there
  std::string own_ip;           // for --classify
  std::string asked_mailbox;    // for --classify: what RCPT TO named
  std::string config;           // for --classify: a settings file of cbvd with [[reply_rule]]

  bool wants_spf = false;  // --spf, with helo_name as the client has it
  std::string client_ip;
  std::string sender;  // empty: the null sender
};

/// Reads the command line. The other alternative is an exit status: help was shown, or an error was
/// written to standard error.
std::variant<options, int> parse_command_line(int argc, const char* const* argv);

}  // namespace cbv::probe

#endif
