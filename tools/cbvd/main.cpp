// cbvd: the callback verification service (cbvd(8)).

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "cbv/base/file.hpp"
#include "cbv/self_test/finding.hpp"
#include "tools/cbvd/daemon.hpp"
#include "tools/cbvd/self_check.hpp"
#include "tools/cbvd/settings.hpp"
#include "tools/cbvd/settings_file.hpp"

namespace cbv::cbvd {
namespace {

constexpr int exit_found_wrong = 1;
// sysexits.h
constexpr int exit_usage = 64;
constexpr int exit_software = 70;
constexpr int exit_cannot_create = 73;
constexpr int exit_config = 78;

constexpr const char* default_config = "/etc/cbv/cbvd.toml";

void complain(const std::string& what) {
  std::fprintf(stderr, "cbvd: %s\n", what.c_str());
}

/// The settings of a file; complaints have been written if there are none.
std::optional<settings> load(const std::string& file, bool may_be_missing) {
  settings loaded = default_settings();
  const auto text = read_file(file);
  if (!text) {
    const bool missing = text.error() == boost::system::errc::no_such_file_or_directory;
    if (missing && may_be_missing) return loaded;
    complain(file + ": " + text.error().message());
    return std::nullopt;
  }
  const auto wrong = read_settings(*text, settings_of(loaded), table_lists_of(loaded));
  for (const complaint& one : wrong) complain(to_string(one, file));
  const auto odd = contradictions(loaded);
  for (const std::string& one : odd) complain(to_string(complaint{0, 0, one}, file));
  if (!wrong.empty() || !odd.empty()) return std::nullopt;
  compile_rules(loaded);
  return loaded;
}

int serve(const settings& with) {
  const logger log = make_logger(with.log);
  auto memory = cache::lmdb_store::open(with.cache, log);
  if (!memory) return exit_cannot_create;  // which is logged
  daemon serving(with, log, *std::move(memory));
  const auto complaints = serving.listen();
  for (const std::string& one : complaints)
    log.write(severity::error, "not_listening", {{"error", one}});
  if (!complaints.empty()) return exit_cannot_create;
  if (!serving.run()) std::quick_exit(0);
  return 0;
}

int test_self(const settings& with, bool as_json) {
  const auto found = check_self(with);
  std::fputs((as_json ? finding_json(found) : finding_lines(found)).c_str(), stdout);
  return is_anything_wrong(found) ? exit_found_wrong : 0;
}

int start(int argc, char** argv) {
  std::string config;
  bool check_only = false;
  bool list = false;
  bool self_test = false;
  bool as_json = false;
  CLI::App app("Callback verification service for mail.", "cbvd");
  app.set_version_flag("--version", CBV_VERSION);
  app.add_option("--config", config, std::string("Settings (default ") + default_config + ')')
      ->type_name("FILE");
  app.add_flag("--check-config", check_only, "Read the settings, say what is wrong, exit");
  app.add_flag("--list-settings", list, "Print every setting with its default, exit");
  auto* const test =
      app.add_flag("--self-test", self_test, "Say how far hosts see this machine, exit");
  app.add_flag("--json", as_json, "With --self-test: one JSON object")->needs(test);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : exit_usage;
  }
  if (list) {
    std::fputs(list_settings(default_settings()).c_str(), stdout);
    return 0;
  }
  const bool named = !config.empty();
  const auto with = load(named ? config : default_config, !named);
  if (!with) return exit_config;
  if (check_only) {
    std::printf("%s: good\n", named ? config.c_str() : default_config);
    return 0;
  }
  if (self_test) return test_self(*with, as_json);
  return serve(*with);
}

}  // namespace
}  // namespace cbv::cbvd

int main(int argc, char** argv) {
  try {
    return cbv::cbvd::start(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "cbvd: %s\n", error.what());
    return cbv::cbvd::exit_software;
  }
}
