#include "tools/cbvd/settings_source.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "cbv/base/file.hpp"
#include "tools/cbvd/settings_file.hpp"

namespace cbv::cbvd {
namespace {

constexpr std::array<std::string_view, 4> lists_taken_over{"route", "reply_rule", "advice.rule",
                                                           "own_domain"};

}  // namespace

loaded_settings settings_source::load() const {
  loaded_settings made;
  settings read = default_settings();
  auto text = read_file(file);
  if (!text) {
    const bool missing = text.error() == boost::system::errc::no_such_file_or_directory;
    if (missing && may_be_missing) {
      made.read = std::move(read);
    } else {
      made.wrong.push_back(file + ": " + text.error().message());
    }
    return made;
  }
  made.text = *std::move(text);
  for (const complaint& one : read_settings(made.text, settings_of(read), table_lists_of(read)))
    made.wrong.push_back(to_string(one, file));
  for (const std::string& one : contradictions(read))
    made.wrong.push_back(to_string(complaint{0, 0, one}, file));
  if (!made.wrong.empty()) return made;
  compile_rules(read);
  made.read = std::move(read);
  return made;
}

void take_over(settings& present, const settings& next) {
  present.log.least = next.log.least;
  present.server = next.server;  // with the advice
  present.policy_service.session = next.policy_service.session;
  present.policy_service.bounds = next.policy_service.bounds;
  present.policy_questions = next.policy_questions;
  present.socketmap.session = next.socketmap.session;
  present.socketmap.bounds = next.socketmap.bounds;
  present.http.session = next.http.session;
  present.http.bounds = next.http.bounds;
  present.dns_cache = next.dns_cache;
  present.dialer = next.dialer;
  present.own_ip = next.own_ip;
  present.callout = next.callout;  // with the routes
  present.reply_rules = next.reply_rules;
  present.verifier = next.verifier;
  present.checker = next.checker;
  present.checks = next.checks;
  present.decision_log = next.decision_log;
  present.access = next.access;
  present.recipients = next.recipients;
  present.rate = next.rate;
}

std::vector<std::string> differing_keys(settings present, settings next,
                                        const std::string& present_text,
                                        const std::string& next_text) {
  std::vector<std::string> keys;
  const std::vector<setting> old_ones = settings_of(present);
  const std::vector<setting> new_ones = settings_of(next);
  for (std::size_t i = 0; i < old_ones.size(); ++i) {
    if (old_ones[i].shown() != new_ones[i].shown()) keys.push_back(old_ones[i].key);
  }
  for (const table_list& list : table_lists_of(present)) {
    const bool is_taken_over = std::find(lists_taken_over.begin(), lists_taken_over.end(),
                                         list.key) != lists_taken_over.end();
    if (!is_taken_over && !is_same_list(present_text, next_text, list.key))
      keys.push_back(list.key);
  }
  return keys;
}

}  // namespace cbv::cbvd
