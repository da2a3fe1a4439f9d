#include "tools/cbvctl/stats.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <string_view>
#include <vector>

#include "api/json_writer.hpp"
#include "cbv/base/amount.hpp"
#include "tools/cbvctl/exit_status.hpp"
#include "tools/cbvctl/stats_report.hpp"
#include "tools/cbvctl/stats_text.hpp"
#include "tools/cbvctl/watch.hpp"

namespace cbv::ctl {
namespace {

constexpr std::size_t top_most = 20;

std::vector<role> sides_of(const stats_options& asked) {
  if (asked.role == "sender") return {role::sender};
  if (asked.role == "recipient") return {role::recipient};
  return {role::recipient, role::sender};
}

std::size_t terminal_width() {
  constexpr std::size_t otherwise = 120;
  winsize size{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return otherwise;
  return size.ws_col;
}

bool is_about_time(const stats_options& asked) {
  return !asked.by.empty() || !asked.from.empty() || !asked.to.empty();
}

// One of before the history knows no parameters, but counts.
std::string ask(const stats_options& asked, link& to) {
  try {
    return to.ask("stats", stats_params(asked), false);
  } catch (const stopped& why) {
    if (!std::string_view(why.what()).ends_with(": unknown parameter")) throw;
    if (is_about_time(asked)) {
      throw stopped(exit_software,
                    "the daemon is older than this cbvctl: it counts since its start, and has no "
                    "--by, --from and --to");
    }
  }
  return to.ask("stats", "{}", false);
}

std::string check_watch(const std::string& text) {
  const auto time = parse_time(text);
  const auto seconds = parse_time(text + 's');
  if ((time && time->count() > 0) || (seconds && seconds->count() > 0)) return {};
  return "expected a time, such as 5 or 500ms, got '" + text + "'";
}

}  // namespace

void add_stats_command(CLI::App& app, stats_options& into) {
  CLI::App* const made = app.add_subcommand("stats", "What was counted, month by month");
  made->fallthrough();
  made->callback([&into] { into.is_given = true; });
  made->add_option("--by", into.by, "hour, day, month or total; month by default")
      ->type_name("PERIOD");
  made->add_option("--from", into.from, "2026-11, 2026-11-21 or 2026-11-21T10:00:00Z")
      ->type_name("TIME");
  made->add_option("--to", into.to, "Likewise; a month and a day to their end")->type_name("TIME");
  made->add_option("--role", into.role, "sender, recipient or both")
      ->type_name("ROLE")
      ->check(CLI::IsMember({"sender", "recipient", "both"}))
      ->capture_default_str();
  made->add_option("--top", into.top, "How many names of the top lists, and reasons")
      ->type_name("N")
      ->check(CLI::Range(std::size_t{0}, top_most))
      ->capture_default_str();
  made->add_flag("--csv", into.csv, "Comma-separated values, a line for each period and role");
  made->add_option_function<std::string>(
          "--watch",
          [&into](const std::string& text) {
            into.watch = parse_time(
                text.find_first_not_of("0123456789") == std::string::npos ? text + 's' : text);
          },
          "Again and again, every 5 seconds or as often as is said, until it is interrupted")
      ->type_name("SECONDS")
      ->expected(0, 1)
      ->default_str("5")
      ->check(check_watch);
}

std::string stats_params(const stats_options& asked) {
  std::string params;
  api::json_writer json(params);
  json.begin_object();
  json.key("by");
  json.text(asked.by.empty() ? "month" : asked.by);
  for (const auto& [name, value] : {std::pair{"from", &asked.from}, {"to", &asked.to}}) {
    if (value->empty()) continue;
    json.key(name);
    json.text(*value);
  }
  json.end_object();
  return params;
}

std::string shown_stats(const stats_options& asked, link& to, std::size_t width) {
  const std::string result = ask(asked, to);
  if (asked.json) return result + '\n';
  const auto counted = read_stats(result);
  if (!counted) throw stopped(exit_software, "the daemon's answer has no counters");
  if (asked.csv) return stats_csv(*counted, sides_of(asked));
  return stats_text(*counted, {sides_of(asked), asked.top, width});
}

int stats(const stats_options& asked, link& to) {
  if (asked.json && asked.csv) throw stopped(exit_usage, "--csv: expected no --json beside it");
  const auto look = [&asked, &to] { return shown_stats(asked, to, terminal_width()); };
  if (asked.watch) return watch(look, *asked.watch);
  if (std::fputs(look().c_str(), stdout) < 0) throw stopped(exit_io, "cannot write the output");
  return 0;
}

}  // namespace cbv::ctl
