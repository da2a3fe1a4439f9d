#include "tools/cbvctl/report.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "cbv/base/ascii.hpp"

namespace cbv::ctl {
namespace {

using nlohmann::ordered_json;

struct row {
  std::string name;
  std::string sender;
  std::string recipient;
};

std::string plain(const ordered_json& value) {
  return ascii::printable(value.is_string() ? value.get<std::string>() : value.dump());
}

/// What is under `key`; null if nothing is.
ordered_json under(const ordered_json& object, const std::string& key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found == object.end() ? ordered_json() : *found;
}

/// A row for each number of either side, with "group.name" for those in an object of their own.
void collect(const ordered_json& sender, const ordered_json& recipient, const std::string& prefix,
             std::vector<row>& rows) {
  ordered_json keys = sender.is_object() ? sender : ordered_json::object();
  if (recipient.is_object()) keys.insert(recipient.begin(), recipient.end());
  for (const auto& [key, value] : keys.items()) {
    const ordered_json left = under(sender, key);
    const ordered_json right = under(recipient, key);
    if (value.is_object()) {
      collect(left, right, prefix + key + '.', rows);
    } else {
      rows.push_back(row{prefix + key, left.is_null() ? "-" : plain(left),
                         right.is_null() ? "-" : plain(right)});
    }
  }
}

std::string padded(const std::string& text, std::size_t width, bool right) {
  const std::string blank(text.size() < width ? width - text.size() : 0, ' ');
  return right ? blank + text : text + blank;
}

}  // namespace

std::string stats_table(std::string_view result_json) {
  const auto stats = ordered_json::parse(result_json, nullptr, false);
  if (!stats.is_object() || !stats.contains("sender") || !stats.contains("recipient")) return {};
  std::vector<row> rows{{"", "sender", "recipient"}};
  collect(stats["sender"], stats["recipient"], "", rows);
  if (stats.contains("listing_alarms")) {  // of call-backs: an older daemon does not tell
    rows.push_back(row{"listing_alarms", plain(stats["listing_alarms"]), "-"});
  }
  std::size_t width = 0;
  for (const row& one : rows) width = std::max(width, one.name.size());
  std::string table;
  for (const row& one : rows) {
    table += padded(one.name, width, false) + padded(one.sender, 12, true) +
             padded(one.recipient, 12, true) + '\n';
  }
  return table;
}

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
