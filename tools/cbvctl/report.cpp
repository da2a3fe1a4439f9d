#include "tools/cbvctl/report.hpp"

#include <nlohmann/json.hpp>

#include "cbv/base/ascii.hpp"

namespace cbv::ctl {
namespace {

using nlohmann::ordered_json;

std::string plain(const ordered_json& value) {
  return ascii::printable(value.is_string() ? value.get<std::string>() : value.dump());
}

/// What is under `key`; null if nothing is.
ordered_json under(const ordered_json& object, const std::string& key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found == object.end() ? ordered_json() : *found;
}

}  // namespace

std::string reload_lines(std::string_view result_json) {
  const auto done = ordered_json::parse(result_json, nullptr, false);
  std::string lines = "settings read\n";
  for (const ordered_json& key : under(done, "needs_a_restart"))
    lines += "needs a restart: " + plain(key) + '\n';
  return lines;
}

std::string health_lines(std::string_view result_json) {
  const auto health = ordered_json::parse(result_json, nullptr, false);
  std::string lines;
  if (!health.is_object()) return lines;
  for (const auto& [key, value] : health.items()) {
    if (!value.is_null()) lines += key + ": " + plain(value) + '\n';
  }
  return lines;
}

bool is_well(std::string_view health_json) {
  const auto health = ordered_json::parse(health_json, nullptr, false);
  const auto found = health.is_object() ? health.find("status") : health.end();
  return found != health.end() && *found == "ok";
}

}  // namespace cbv::ctl
