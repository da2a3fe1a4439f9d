// cbv-sim: a small internet on loopback, from one text file. See cbv-sim(1).
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cbv/async/timer.hpp"
#include "cbv/net/endpoint.hpp"
#include "tools/cbv-sim/dns_server.hpp"
#include "tools/cbv-sim/internet.hpp"
#include "tools/cbv-sim/replay.hpp"
#include "tools/cbv-sim/replay_table.hpp"
#include "tools/cbv-sim/report.hpp"
#include "tools/cbv-sim/smtp_server.hpp"
#include "tools/cbv-sim/world.hpp"

namespace {

using namespace cbv;

// sysexits(3)
constexpr int exit_fault = 1;
constexpr int exit_usage = 64;
constexpr int exit_data = 65;
constexpr int exit_no_input = 66;
constexpr int exit_unavailable = 69;
constexpr int exit_cannot_create = 73;
constexpr int exit_config = 78;

struct options {
  std::string world_file;
  std::string dns = "127.0.0.1:0";
  std::uint16_t port = 0;
  std::string ca_file;
  bool quiet = false;
  bool json = false;
  bool check = false;
  std::string replay_table;
  std::string into;  // a directory
};

int complain(int exit_code, const std::string& what) {
  std::fprintf(stderr, "cbv-sim: %s\n", what.c_str());
  return exit_code;
}

void print_line(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), stdout);
  std::fputc('\n', stdout);
}

std::optional<std::string> read_all(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in.is_open() || in.bad()) return std::nullopt;
  return text;
}

bool write_all(const std::string& file, std::string_view text) {
  std::ofstream out(file, std::ios::binary);
  out << text;
  out.close();
  return out.good();
}

// Tens of thousands of connections want as many descriptors as the machine allows. How many there
// are.
std::size_t raise_descriptor_limit() {
  constexpr std::size_t if_unknown = 1'024;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return if_unknown;
  const rlim_t before = std::exchange(limit.rlim_cur, limit.rlim_max);
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : before;
}

int run(const options& wanted, const net::endpoint& dns_at, const sim::world& described) {
  const std::size_t descriptors = raise_descriptor_limit();
  std::signal(SIGPIPE, SIG_IGN);  // the world goes on when nobody reads what it prints
  std::setvbuf(stdout, nullptr, _IOLBF, BUFSIZ);
  system_timer time;
  const auto style = wanted.json ? sim::report_style::json : sim::report_style::text;
  sim::report report({style, wanted.quiet}, time.now(), print_line);
  bool is_open = true;
  const auto on_event = [&](const sim::event& what) {
    if (!is_open) return;
    if (what.kind == sim::event_kind::fault) {
      complain(exit_fault,
               "FAULT at " + what.host->place_of(what.address) + ": " + std::string(what.text));
    }
    report.happened(what);
  };
  const auto on_question = [&](const sim::dns_event& question) {
    report.asked(question, time.now());
  };

  sim::internet net(described, on_event);
  asio::io_context io(1);
  if (!wanted.ca_file.empty() && !write_all(wanted.ca_file, net.authority().pem())) {
    return complain(exit_cannot_create, "cannot write " + wanted.ca_file);
  }
  sim::smtp_server_options served{.port = wanted.port};
  served.own_listeners_max = std::min(served.own_listeners_max, descriptors / 2);
  const sim::smtp_server smtp(io.get_executor(), net, time, served);
  const sim::dns_server dns(io.get_executor(), dns_at, described.zone, time, on_question);
  asio::signal_set signals(io, SIGTERM, SIGINT);
  signals.async_wait([&](const error_code&, int) { io.stop(); });
  report.ready(dns.at(), smtp.port());
  io.run();

  is_open = false;
  report.summary(net);
  std::fflush(stdout);
  return net.total().faults > 0 ? exit_fault : EXIT_SUCCESS;
}

std::string lines_of(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& each : all) text.append(each).append("\n");
  return text;
}

// Writes a world, and questions that make a table of it.
int write_replay(const options& wanted) {
  const auto text = read_all(wanted.replay_table);
  if (!text) return complain(exit_no_input, "cannot read " + wanted.replay_table);
  const auto table = sim::parse_replay_table(*text);
  if (!table) return complain(exit_data, to_string(table.error(), wanted.replay_table));
  const auto made = sim::make_replay(*table);
  if (!made) return complain(exit_data, to_string(made.error(), wanted.replay_table));
  std::vector<std::pair<std::string, std::string>> files{
      {"world", made->world}, {"repeated.questions", lines_of(made->repeated)}};
  for (const sim::replay_questions& each : made->months) {
    files.emplace_back(each.month + ".questions", lines_of(each.addresses));
  }
  for (const auto& [name, content] : files) {
    const std::string file = wanted.into + '/' + name;
    if (!write_all(file, content)) return complain(exit_cannot_create, "cannot write " + file);
  }
  return EXIT_SUCCESS;
}

int check_and_run(const options& wanted) {
  if (!wanted.replay_table.empty()) return write_replay(wanted);
  if (wanted.world_file.empty()) return complain(exit_usage, "expected a world: see --help");
  const auto text = read_all(wanted.world_file);
  if (!text) return complain(exit_no_input, "cannot read " + wanted.world_file);
  const auto described = sim::parse_world(*text, wanted.world_file);
  if (!described) return complain(exit_config, to_string(described.error()));
  const auto dns_at = net::parse_endpoint(wanted.dns);
  if (!dns_at || !dns_at->address.is_loopback()) {
    return complain(exit_usage,
                    "--dns: expected a loopback address and a port, such as "
                    "127.0.0.1:5353, not " +
                        wanted.dns);
  }
  if (wanted.check) return EXIT_SUCCESS;
  return run(wanted, *dns_at, *described);
}

}  // namespace

int main(int argc, char** argv) {
  options wanted;
  CLI::App app("A simulated internet on loopback: DNS and mail hosts from one text file",
               "cbv-sim");
  app.add_option("world", wanted.world_file, "The world: see cbv-sim(1)");
  app.add_option("--dns", wanted.dns, "Answer DNS here (UDP and TCP)")
      ->type_name("HOST:PORT")
      ->capture_default_str();
  app.add_option("--port", wanted.port, "The port of all mail hosts; 0 chooses one")
      ->capture_default_str();
  app.add_option("--ca-file", wanted.ca_file,
                 "Write the certificate here that those of the hosts are signed with")
      ->type_name("FILE");
  app.add_flag("--quiet,-q", wanted.quiet, "Print no events but faults");
  app.add_flag("--json", wanted.json, "Print JSON objects, one a line");
  app.add_flag("--check", wanted.check, "Only read the world");
  auto* const replay = app.add_option("--replay", wanted.replay_table,
                                      "Make a world and questions out of this table, and exit")
                           ->type_name("TABLE");
  app.add_option("--into", wanted.into, "The directory for these")
      ->type_name("DIRECTORY")
      ->needs(replay);
  replay->needs("--into")->excludes("world");
  app.set_version_flag("--version", CBV_VERSION);
  try {
    app.parse(argc, argv);
    return check_and_run(wanted);
  } catch (const CLI::ParseError& problem) {
    return app.exit(problem) == 0 ? EXIT_SUCCESS : exit_usage;
  } catch (const std::exception& problem) {
    return complain(exit_unavailable, problem.what());
  }
}
