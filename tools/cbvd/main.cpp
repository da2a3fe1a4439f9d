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

#include "cbv/checks/access_files.hpp"
#include "cbv/checks/recipient_table.hpp"
#include "cbv/self_test/finding.hpp"
#include "tools/cbvd/daemon.hpp"
#include "tools/cbvd/late_signals.hpp"
#include "tools/cbvd/self_check.hpp"
#include "tools/cbvd/settings.hpp"
#include "tools/cbvd/settings_source.hpp"

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

int serve(const settings_source& from, const loaded_settings& loaded) {
  const settings& with = *loaded.read;
  const logger log = make_logger(with.log);
  auto inherited = net::inherited_sockets::of_environment();
  auto memory = cache::lmdb_store::open(with.cache, log);
  if (!memory) return exit_cannot_create;  // which is logged
  std::optional<late_signals> late;        // goes after the daemon and its threads
  daemon serving(with, from, loaded.text, log, *std::move(memory));
  late.emplace();
  const auto complaints = serving.listen(std::move(inherited));
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
  const settings_source from{named ? config : default_config, !named};
  const loaded_settings loaded = from.load();
  for (const std::string& one : loaded.wrong) complain(one);
  if (!loaded.read) return exit_config;
  if (check_only) {
    const auto lists = checks::load_access(loaded.read->access.files);
    for (const checks::list_fault& one : lists.wrong) complain(to_string(one));
    const auto recipients = checks::load_recipients(loaded.read->recipients.lists.files);
    for (const checks::list_fault& one : recipients.wrong) complain(to_string(one));
    if (!lists.list || !recipients.list) return exit_config;
    std::printf("%s: good\n", named ? config.c_str() : default_config);
    return 0;
  }
  if (self_test) return test_self(*loaded.read, as_json);
  return serve(from, loaded);
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
