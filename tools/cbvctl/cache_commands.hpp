// cbvctl cache: its commands, a file a group of them.
#ifndef CBV_TOOLS_CBVCTL_CACHE_COMMANDS_HPP
#define CBV_TOOLS_CBVCTL_CACHE_COMMANDS_HPP

#include <cstddef>
#include <cstdint>
#include <string>

#include "tools/cbvctl/link.hpp"

namespace CLI {
class App;
}

namespace cbv::ctl {

/// What the command line says; texts are empty where nothing is given.
struct cache_options {
  std::string command;
  std::string directory;  // of a cbvd that does not run
  std::string what;       // an address, a domain, a host
  std::string table = "verdicts";
  std::string role;
  std::string status;
  std::string reason;
  std::string domain;
  bool subdomains = false;
  std::string host;
  std::string older;
  std::string newer;
  std::size_t limit = 100;
  std::string cursor;
  bool all_pages = false;
  std::string file;  // "-" or none: standard input, output
  bool resume = false;
  std::uint64_t from_line = 1;
  bool overwrite = false;
  bool keep_going = false;
  bool json = false;
};

/// Adds the command `cache` and those under it; what is given goes into `into`, which outlives the
/// app. `into.command` is the one that was given, empty if it was none of the cache.
void add_cache_commands(CLI::App& app, cache_options& into);

/// Each returns the exit status, or throws `stopped`.
int run_cache(const cache_options& asked, link& to);
int show(const cache_options& asked, link& to);
int list(const cache_options& asked, link& to);
int forget(const cache_options& asked, link& to);
int export_lines(const cache_options& asked, link& to);
int import_lines(const cache_options& asked, link& to);
int cache_stats(const cache_options& asked, link& to);
int verify(const cache_options& asked, link& to);
int compact(const cache_options& asked, link& to);

}  // namespace cbv::ctl

#endif
