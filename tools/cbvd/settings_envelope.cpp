#include "tools/cbvd/settings_envelope.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string_view>
#include <utility>

#include "cbv/envelope/check.hpp"
#include "cbv/spf/record.hpp"
#include "tools/cbvd/settings_check_rule.hpp"
#include "tools/cbvd/text_forms.hpp"

namespace cbv::cbvd {
namespace {

using namespace std::chrono_literals;

using envelope::check;
using times = std::chrono::milliseconds;

text_form<check> check_name() {
  return {[](std::string_view text) -> parsed<check> {
            const auto which = envelope::check_from_name(text);
            if (which && *which != check::skips) return *which;
            return syntax_error{"it is no check", 1};
          },
          [](const check& which) { return std::string(to_string(which)); }};
}

text_form<spf::evaluation> spf_result() {
  return {[](std::string_view text) -> parsed<spf::evaluation> {
            using enum spf::evaluation;
            for (const auto one : {none, neutral, pass, fail, softfail, temperror, permerror}) {
              if (to_string(one) == text) return one;
            }
            return syntax_error{"it is no result of SPF", 1};
          },
          [](const spf::evaluation& said) { return std::string(to_string(said)); }};
}

text_form<std::string> address_text() {
  return {[](std::string_view text) -> parsed<std::string> {
            auto address = parse_mailbox(text);
            if (!address) return address.error();
            return cache_key(*address);
          },
          [](const std::string& key) { return key; }};
}

/// A setting of a list whose target is something that is made of one.
template <class Value, class Target>
setting made_of_list(std::string key, Target& target, const std::string& expected,
                     text_form<Value> form, std::function<Target(std::vector<Value>)> make,
                     std::function<std::vector<Value>(const Target&)> list) {
  const auto read = [=, &target](const setting_value& given) -> std::optional<std::string> {
    std::vector<Value> values;
    auto wrong = list_setting(key, values, expected, form).read(given);
    if (!wrong) target = make(std::move(values));
    return wrong;
  };
  const auto shown = [=, &target] {
    std::vector<Value> values = list(target);
    return list_setting(key, values, expected, form).shown();
  };
  std::vector<Value> none;
  return setting{key, list_setting(key, none, expected, form).expected, read, shown};
}

setting set_of_checks(std::string key, envelope::check_set& target) {
  const auto make = [](const std::vector<check>& these) {
    envelope::check_set set;
    for (const check one : these) set.add(one);
    return set;
  };
  const auto list = [](const envelope::check_set& set) {
    std::vector<check> these;
    for (const check one : envelope::all_checks()) {
      if (set.has(one)) these.push_back(one);
    }
    return these;
  };
  return made_of_list<check, envelope::check_set>(
      std::move(key), target, "a check, such as \"recipient\"", check_name(), make, list);
}

setting names_setting(std::string key, name_list& target) {
  const auto make = [](const std::vector<name_pattern>& these) { return name_list(these); };
  const auto list = [](const name_list& names) { return names.patterns(); };
  return made_of_list<name_pattern, name_list>(
      std::move(key), target,
      "\"example.org\", \"*.example.org\" (below it) or \".example.org\" (both)",
      name_pattern_text(), make, list);
}

setting addresses_setting(std::string key, std::vector<std::string>& target) {
  const auto make = [](std::vector<std::string> these) {
    std::sort(these.begin(), these.end());
    return these;
  };
  const auto list = [](const std::vector<std::string>& these) { return these; };
  return made_of_list<std::string, std::vector<std::string>>(
      std::move(key), target, "a mail address", address_text(), make, list);
}

void add_skips(std::vector<setting>& all, envelope::skip_rules& skips) {
  const std::string network = "a network, such as \"192.0.2.0/24\"";
  all.push_back(flag_setting("check.skip.authenticated", skips.authenticated));
  all.push_back(
      list_setting("check.skip.own_networks", skips.own_networks, network, network_text()));
  all.push_back(
      list_setting("check.skip.client_networks", skips.allowed_networks, network, network_text()));
  all.push_back(names_setting("check.skip.client_names", skips.allowed_clients));
  all.push_back(names_setting("check.skip.recipient_domains", skips.unfiltered_domains));
  all.push_back(addresses_setting("check.skip.recipients", skips.unfiltered_addresses));
}

text_form<std::string> absolute_path_or_none() {
  text_form<std::string> form = absolute_path();
  const auto read = form.read;
  form.read = [read](std::string_view text) -> parsed<std::string> {
    return text.empty() ? parsed<std::string>(std::string()) : read(text);
  };
  return form;
}

void add_decision_log(std::vector<setting>& all, decision_log_options& log) {
  all.push_back(text_setting("decision_log.file", log.file, "an absolute path, or \"\"",
                             absolute_path_or_none()));
  all.push_back(choice_setting<decision_format>(
      "decision_log.format", log.format,
      {{"logfmt", decision_format::logfmt}, {"json", decision_format::json}}));
  all.push_back(choice_setting<std::optional<severity>>("decision_log.level", log.level,
                                                        {{"off", std::nullopt},
                                                         {"debug", severity::debug},
                                                         {"info", severity::info},
                                                         {"notice", severity::notice}}));
}

}  // namespace

void add_envelope(std::vector<setting>& all, settings& into) {
  all.push_back(set_of_checks("check.make", into.checks.on));
  all.push_back(
      time_setting("check.look_up_time", into.checker.look_up_time, times(100), times(60s)));
  all.push_back(flag_setting("check.id_in_text", into.checker.id_in_text));
  add_rule(all, "check.syntax", into.checks.paths.syntax);
  all.push_back(list_setting("check.callback_when", into.checks.paths.callback_when,
                             "a result of SPF, such as \"none\"", spf_result()));
  add_skips(all, into.checker.skips);
  add_decision_log(all, into.decision_log);
}

std::vector<std::string> envelope_contradictions(const settings& read) {
  return rule_contradictions("check.syntax", read.checks.paths.syntax);
}

}  // namespace cbv::cbvd
