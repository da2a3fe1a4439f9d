#include "tools/cbv-probe/rules.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include "cbv/base/file.hpp"
#include "tools/cbvd/settings_file.hpp"
#include "tools/cbvd/settings_reply_rule.hpp"

namespace cbv::probe {
namespace {

// The other settings are not known here, which is nothing to complain about.
bool concerns_rules(std::string_view what) {
  return what.starts_with("reply_rule") || what.starts_with("not TOML");
}

}  // namespace

rulebook_result load_rulebook(const std::string& settings_file) {
  if (settings_file.empty()) {
    // The table outlives everyone: nobody owns it.
    return std::shared_ptr<const smtp::reply_rulebook>(std::shared_ptr<void>(),
                                                       &smtp::reply_rulebook::built_in());
  }
  const auto text = read_file(settings_file);
  if (!text) return input_error{settings_file + ": " + text.error().message()};
  std::vector<smtp::added_rule> rules;
  std::string wrong;
  for (const auto& one : cbvd::read_settings(*text, {}, {cbvd::reply_rule_list(rules)})) {
    if (concerns_rules(one.what))
      wrong += (wrong.empty() ? "" : "\n") + to_string(one, settings_file);
  }
  if (!wrong.empty()) return input_error{wrong};
  return std::make_shared<const smtp::reply_rulebook>(std::move(rules));
}

}  // namespace cbv::probe
