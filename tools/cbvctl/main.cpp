// cbvctl: looks into a running cbvd (cbvctl(1)).

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <chrono>
#include <cstdio>
#include <exception>
#include <string>

#include "cbv/base/amount.hpp"
#include "tools/cbvctl/cache_commands.hpp"
#include "tools/cbvctl/check.hpp"
#include "tools/cbvctl/exit_status.hpp"
#include "tools/cbvctl/explain.hpp"
#include "tools/cbvctl/link.hpp"
#include "tools/cbvctl/report.hpp"
#include "tools/cbvctl/stats.hpp"

namespace cbv::ctl {
namespace {

struct options {
  std::string socket = "/run/cbv/cbvd.sock";
  std::string timeout = "10s";
  std::string method;
  bool is_timeout_given = false;
  bool json = false;
  cache_options cache;
  check_options check;
  explain_options explain;
  stats_options stats;
};

std::string check_time(const std::string& text) {
  const auto time = parse_time(text);
  if (time && time->count() > 0) return {};
  return "expected a time, such as 10s, got '" + text + "'";
}

int show_answer(const options& asked, const std::string& result) {
  std::string text = result + '\n';
  if (!asked.json && asked.method == "health") text = health_lines(result);
  if (!asked.json && asked.method == "reload") text = reload_lines(result);
  std::fputs(text.c_str(), stdout);
  return asked.method == "health" && !is_well(result) ? exit_ill : 0;
}

/// Compacting takes as long as writing the file does.
std::chrono::milliseconds patience_of(const options& asked) {
  constexpr std::chrono::hours for_compacting{24};
  if (asked.cache.command == "compact" && !asked.is_timeout_given) return for_compacting;
  return *parse_time(asked.timeout);
}

int run(const options& asked) {
  if (!asked.explain.what.empty()) return explain(asked.explain);
  if (!asked.cache.directory.empty()) {
    directory_link files(asked.cache.directory);
    return run_cache(asked.cache, files);
  }
  daemon_link daemon(asked.socket, patience_of(asked));
  if (!asked.cache.command.empty()) return run_cache(asked.cache, daemon);
  if (asked.stats.is_given) return stats(asked.stats, daemon);
  if (asked.check.is_given) return check(asked.check, daemon);
  return show_answer(asked, daemon.ask(asked.method, "{}", false));
}

int start(int argc, char** argv) {
  options asked;
  CLI::App app("Look into a running cbvd.", "cbvctl");
  app.set_version_flag("--version", CBV_VERSION);
  app.add_option("--socket", asked.socket, "Where cbvd listens: a path, or HOST:PORT")
      ->type_name("PATH|HOST:PORT")
      ->capture_default_str();
  const auto* const timeout =
      app.add_option("--timeout", asked.timeout, "Longest wait for the answer")
          ->type_name("TIME")
          ->check(check_time)
          ->capture_default_str();
  app.add_flag("--json", asked.json, "The JSON object as the daemon sent it");
  app.require_subcommand(1);
  app.add_subcommand("health", "Whether the daemon can answer, and what ails it")->fallthrough();
  app.add_subcommand("reload", "Have the daemon read its settings again")->fallthrough();
  add_stats_command(app, asked.stats);
  add_cache_commands(app, asked.cache);
  add_check_command(app, asked.check);
  add_explain_command(app, asked.explain);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_usage;
  }
  asked.method = app.get_subcommands().front()->get_name();
  asked.cache.json = asked.check.json = asked.explain.json = asked.stats.json = asked.json;
  asked.is_timeout_given = timeout->count() > 0;
  return run(asked);
}

}  // namespace
}  // namespace cbv::ctl

int main(int argc, char** argv) {
  try {
    return cbv::ctl::start(argc, argv);
  } catch (const cbv::ctl::stopped& why) {
    std::fprintf(stderr, "cbvctl: %s\n", why.what());
    return why.status();
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cbvctl: %s\n", error.what());
    return cbv::ctl::exit_software;
  }
}
