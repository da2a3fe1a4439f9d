// cbvctl: looks into a running cbvd (cbvctl(1)).

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <exception>
#include <string>
#include <utility>

#include "api/client.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/amount.hpp"
#include "tools/cbvctl/report.hpp"

namespace cbv::ctl {
namespace {

constexpr int exit_ill = 1;
constexpr int exit_usage = 64;
constexpr int exit_no_daemon = 69;
constexpr int exit_software = 70;

struct options {
  std::string socket = "/run/cbv/cbvd.sock";
  std::string timeout = "10s";
  std::string method;
  bool json = false;
};

std::string check_time(const std::string& text) {
  const auto time = parse_time(text);
  if (time && time->count() > 0) return {};
  return "expected a time, such as 10s, got '" + text + "'";
}

awaitable<result<api::response>> ask(options asked, timer& time) {
  const time_point deadline = time.now() + *parse_time(asked.timeout);
  auto daemon = co_await api::client::connect(asked.socket, time);
  if (!daemon) co_return daemon.error();
  co_return co_await (*daemon)->call(asked.method, "{}", deadline);
}

int show(const options& asked, const std::string& result) {
  std::string text = result + '\n';
  if (!asked.json) text = asked.method == "stats" ? stats_table(result) : health_lines(result);
  std::fputs(text.c_str(), stdout);
  return asked.method == "health" && !is_well(result) ? exit_ill : 0;
}

int run(const options& asked) {
  system_timer time;
  asio::io_context context(1);
  result<api::response> answer = errc::not_available;
  asio::co_spawn(context, ask(asked, time),
                 [&answer](const std::exception_ptr& thrown, auto ended) {
                   if (thrown) std::rethrow_exception(thrown);
                   answer = std::move(ended);
                 });
  context.run();
  if (!answer) {
    std::fprintf(stderr, "cbvctl: no daemon at %s: %s\n", asked.socket.c_str(),
                 answer.error().message().c_str());
    return exit_no_daemon;
  }
  if (answer->failed) {
    std::fprintf(stderr, "cbvctl: %s\n", answer->failed->message.c_str());
    return exit_software;
  }
  return show(asked, answer->result);
}

int start(int argc, char** argv) {
  options asked;
  CLI::App app("Look into a running cbvd.", "cbvctl");
  app.set_version_flag("--version", CBV_VERSION);
  app.add_option("--socket", asked.socket, "Where cbvd listens: a path, or HOST:PORT")
      ->type_name("PATH|HOST:PORT")
      ->capture_default_str();
  app.add_option("--timeout", asked.timeout, "Longest wait for the answer")
      ->type_name("TIME")
      ->check(check_time)
      ->capture_default_str();
  app.add_flag("--json", asked.json, "The JSON object as the daemon sent it");
  app.require_subcommand(1);
  app.add_subcommand("stats", "Counters since the daemon was started")->fallthrough();
  app.add_subcommand("health", "Whether the daemon can answer, and what ails it")->fallthrough();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_usage;
  }
  asked.method = app.get_subcommands().front()->get_name();
  return run(asked);
}

}  // namespace
}  // namespace cbv::ctl

int main(int argc, char** argv) {
  try {
    return cbv::ctl::start(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cbvctl: %s\n", error.what());
    return cbv::ctl::exit_software;
  }
}
