#include "tools/cbvctl/cache_commands.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <array>

#include "cbv/base/amount.hpp"
#include "tools/cbvctl/exit_status.hpp"

namespace cbv::ctl {
namespace {

std::string check_age(const std::string& text) {
  if (parse_time(text)) return {};
  return "expected a time, such as 3h, got '" + text + "'";
}

struct command {
  const char* name;
  int (*run)(const cache_options&, link&);
};
constexpr std::array commands{command{"show", show},           command{"list", list},
                              command{"forget", forget},       command{"forget-domain", forget},
                              command{"forget-host", forget},  command{"export", export_lines},
                              command{"import", import_lines}, command{"stats", cache_stats},
                              command{"verify", verify},       command{"compact", compact}};

CLI::App& add(CLI::App& cache, cache_options& into, const char* name, const char* what) {
  CLI::App* const made = cache.add_subcommand(name, what);
  made->fallthrough();
  made->callback([&into, name] { into.command = name; });
  return *made;
}

void add_directory(CLI::App& to, cache_options& into) {
  to.add_option("--directory", into.directory, "The cache of a cbvd that does not run")
      ->type_name("DIR");
}

void add_list(CLI::App& cache, cache_options& into) {
  CLI::App& made = add(cache, into, "list", "What is remembered, a line each, page by page");
  made.add_option("--table", into.table, "verdicts, domains, bookings or hosts")
      ->type_name("TABLE")
      ->capture_default_str();
  made.add_option("--status", into.status, "Only deliverable, undeliverable or unknown");
  made.add_option("--reason", into.reason, "Only this reason");
  made.add_option("--role", into.role, "Only sender or recipient");
  made.add_option("--domain", into.domain, "Only this domain");
  made.add_flag("--subdomains", into.subdomains, "And those below it");
  made.add_option("--host", into.host, "Only what this far host said: a name or an IP address");
  made.add_option("--older", into.older, "Learnt at least so long ago")
      ->type_name("TIME")
      ->check(check_age);
  made.add_option("--newer", into.newer, "Learnt at most so long ago")
      ->type_name("TIME")
      ->check(check_age);
  made.add_option("--limit", into.limit, "At most so many")->capture_default_str();
  made.add_option("--cursor", into.cursor, "Go on from where the last page ended");
  made.add_flag("--all", into.all_pages, "Not a page, but all");
}

void add_moves(CLI::App& cache, cache_options& into) {
  CLI::App& out = add(cache, into, "export", "All that is remembered, as JSON lines");
  out.add_option("--output", into.file, "Write to a new file")->type_name("FILE");
  out.add_flag("--resume", into.resume, "Go on behind the last whole line of the file");
  add_directory(out, into);
  CLI::App& in = add(cache, into, "import", "Take in what export wrote");
  in.add_option("file", into.file, "JSON lines; - or none: standard input")->type_name("FILE");
  in.add_option("--from-line", into.from_line, "Skip the lines before this one")
      ->check(CLI::PositiveNumber);
  in.add_flag("--overwrite", into.overwrite, "In place of what is newer, too");
  in.add_flag("--keep-going", into.keep_going, "Pass over lines that are wrong");
}

}  // namespace

void add_cache_commands(CLI::App& app, cache_options& into) {
  CLI::App* const cache = app.add_subcommand("cache", "What the daemon remembers");
  cache->fallthrough();
  cache->require_subcommand(1);
  const auto named = [&](const char* name, const char* what, const char* argument,
                         const char* of) -> CLI::App& {
    CLI::App& made = add(*cache, into, name, what);
    made.add_option(argument, into.what, of)->required();
    return made;
  };
  named("show", "Everything that is known of an address or a domain", "what",
        "An address or a domain");
  add_list(*cache, into);
  named("forget", "Forget an address", "address", "The address");
  named("forget-domain", "Forget a whole domain", "domain", "The domain")
      .add_flag("--subdomains", into.subdomains, "And those below it");
  named("forget-host", "Forget all that a far host said, and the troubles with it", "host",
        "A name or an IP address");
  add_moves(*cache, into);
  add(*cache, into, "stats", "How much is remembered, and what became of it");
  add_directory(add(*cache, into, "verify", "Look at every record, and say which are damaged"),
                into);
  add_directory(add(*cache, into, "compact", "Give the room of what went back to the disk"), into);
}

int run_cache(const cache_options& asked, link& to) {
  for (const command& one : commands) {
    if (asked.command == one.name) return one.run(asked, to);
  }
  throw stopped(exit_software, "no such command: " + asked.command);
}

}  // namespace cbv::ctl
