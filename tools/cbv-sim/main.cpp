// cbv-sim: a small internet on loopback, from one text file. See cbv-sim(1).
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

#include "cbv/async/timer.hpp"
#include "cbv/net/endpoint.hpp"
#include "tools/cbv-sim/dns_server.hpp"
#include "tools/cbv-sim/internet.hpp"
#include "tools/cbv-sim/report.hpp"
#include "tools/cbv-sim/smtp_server.hpp"
#include "tools/cbv-sim/world.hpp"

namespace {

using namespace cbv;

// sysexits(3)
constexpr int exit_fault = 1;
constexpr int exit_usage = 64;
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

// Tens of thousands of connections want as many descriptors as the machine allows.
void raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &limit);
}

int run(const options& wanted, const net::endpoint& dns_at, const sim::world& described) {
  raise_descriptor_limit();
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
  const sim::smtp_server smtp(io.get_executor(), net, time, {.port = wanted.port});
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

int check_and_run(const options& wanted) {
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
  app.add_option("world", wanted.world_file, "The world: see cbv-sim(1)")->required();
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
