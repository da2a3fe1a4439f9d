#include "tools/cbvd/settings_edge.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "tools/cbvd/settings_listener.hpp"
#include "tools/cbvd/text_forms.hpp"

namespace cbv::cbvd {
namespace {

using namespace std::chrono_literals;

using times = std::chrono::milliseconds;

constexpr std::size_t rules_max = 1'000;

// Postfix gives up after 100 s, whatever a map is asked, and so it does by default in the policy
// service.
constexpr times wait_max = 90s;

void add_listener(std::vector<setting>& all, const std::string& table, edge_options& edge) {
  add_sockets(all, table, edge.listen);
  all.push_back(time_setting(table + ".wait", edge.session.wait, times(0), wait_max));
  all.push_back(
      number_setting<std::size_t>(table + ".clients_max", edge.bounds.clients_max, 1, 15'000));
  all.push_back(
      time_setting(table + ".idle_timeout", edge.session.idle_timeout, 1s, times(24h * 30)));
}

text_form<role> role_name() {
  return {[](std::string_view text) -> parsed<role> {
            if (const auto side = word_from_name<role>(text)) return *side;
            return syntax_error{"it is neither sender nor recipient", 1};
          },
          [](const role& side) { return std::string(to_string(side)); }};
}

text_form<reason> reason_name() {
  return {[](std::string_view text) -> parsed<reason> {
            if (const auto why = word_from_name<reason>(text)) return *why;
            return syntax_error{"it is no reason", 1};
          },
          [](const reason& why) { return std::string(to_string(why)); }};
}

std::vector<setting> settings_of_rule(advice_rule& one) {
  std::vector<setting> all;
  all.push_back(choice_setting<role>("role", one.side,
                                     {{"sender", role::sender}, {"recipient", role::recipient}}));
  all.push_back(
      text_setting("reason", one.why, "a reason, such as \"mailbox_full\"", reason_name()));
  all.push_back(choice_setting<action>(
      "action", one.action,
      {{"accept", action::accept}, {"reject", action::reject}, {"defer", action::defer}}));
  all.push_back(number_setting("code", one.code, 0, 599));
  all.push_back(text_setting("enhanced", one.enhanced, "an enhanced code, such as \"5.1.1\"",
                             any_text_or_none()));
  all.push_back(text_setting("text", one.text, "a text", any_text_or_none()));
  return all;
}

std::vector<std::string> keep(const advice_rule& one, std::vector<advice_rule>& into) {
  if (auto wrong = contradiction(one)) return {*std::move(wrong)};
  const bool taken = std::any_of(into.begin(), into.end(), [&one](const advice_rule& other) {
    return other.side == one.side && other.why == one.why;
  });
  if (taken) {
    return {"reason: expected one rule for " + std::string(to_string(one.side)) + ' ' +
            std::string(to_string(one.why)) + ", got two"};
  }
  into.push_back(one);
  return {};
}

}  // namespace

void add_edge(std::vector<setting>& all, settings& into) {
  add_listener(all, "policy_service", into.policy_service);
  all.push_back(list_setting("policy_service.questions", into.policy_questions,
                             "\"sender\" or \"recipient\"", role_name()));
  add_listener(all, "socketmap", into.socketmap);
}

table_list advice_rule_list(std::vector<advice_rule>& into) {
  return table_list_setting<advice_rule>(
      "advice.rule", rules_max, settings_of_rule,
      [&into](const advice_rule& draft) { return keep(draft, into); });
}

std::vector<std::string> edge_contradictions(const settings& read) {
  std::vector<std::string> wrong;
  const auto is_used = [](const edge_options& edge) {
    return !edge.listen.unix_sockets.empty() || !edge.listen.tcp.empty();
  };
  if (is_used(read.policy_service) && read.policy_questions.empty()) {
    wrong.emplace_back("policy_service.questions: expected sender, recipient or both, got neither");
  }
  return wrong;
}

}  // namespace cbv::cbvd
