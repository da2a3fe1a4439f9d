#include "tools/cbvctl/check.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "api/decision_record.hpp"
#include "cbv/base/amount.hpp"
#include "tools/cbvctl/exit_status.hpp"
#include "tools/cbvctl/explain.hpp"

namespace cbv::ctl {
namespace {

using nlohmann::ordered_json;

std::string check_time(const std::string& text) {
  if (parse_time(text)) return {};
  return "expected a time, such as 5s, got '" + text + "'";
}

std::string text_under(const ordered_json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  if (found == object.end() || found->is_null()) return {};
  return found->is_string() ? found->get<std::string>() : found->dump();
}

api::decision_record record_of(const ordered_json& result) {
  const ordered_json enforced = result.value("enforced", ordered_json::object());
  api::decision_record made;
  made.id = text_under(result, "id");
  made.action = text_under(result.value("advice", ordered_json::object()), "action");
  made.enforced = text_under(enforced, "action");
  made.code = text_under(enforced, "code");
  made.enhanced = text_under(enforced, "enhanced");
  made.text = text_under(enforced, "text");
  made.decided_by = text_under(result, "decided_by");
  if (text_under(result, "pending") == "true") made.pending = "yes";
  for (const auto& one : result.value("checks", ordered_json::array())) {
    made.checks.push_back({text_under(one, "check"), text_under(one, "outcome"),
                           text_under(one, "ms"), text_under(one, "evidence")});
  }
  return made;
}

}  // namespace

void add_check_command(CLI::App& app, check_options& into) {
  CLI::App* const made = app.add_subcommand("check", "What would be said to an envelope, and why");
  made->fallthrough();
  made->callback([&into] { into.is_given = true; });
  made->add_option("--client-ip", into.client_ip, "The address of the client")->type_name("IP");
  made->add_option("--client-name", into.client_name, "Its name, confirmed")->type_name("NAME");
  made->add_option("--reverse-client-name", into.reverse_client_name, "Its name, not confirmed")
      ->type_name("NAME");
  made->add_option("--helo", into.helo, "The argument of HELO or EHLO")->type_name("NAME");
  made->add_option("--sender", into.sender, "The reverse-path; <> is the null one")
      ->type_name("ADDRESS");
  made->add_option("--recipient", into.recipient, "The forward-path")->type_name("ADDRESS");
  made->add_option("--instance", into.instance, "The message")->type_name("TEXT");
  made->add_flag("--authenticated", into.authenticated, "The client has given a password");
  made->add_flag("--tls", into.tls, "The connection is encrypted");
  made->add_option("--wait", into.wait, "The answer comes by then")
      ->type_name("TIME")
      ->check(check_time)
      ->capture_default_str();
}

std::string check_params(const check_options& asked) {
  ordered_json params;
  const auto put = [&params](const char* name, const std::string& value) {
    if (!value.empty()) params[name] = value;
  };
  put("client_ip", asked.client_ip);
  put("client_name", asked.client_name);
  put("reverse_client_name", asked.reverse_client_name);
  put("helo", asked.helo);
  if (asked.sender) params["sender"] = *asked.sender;
  if (asked.recipient) params["recipient"] = *asked.recipient;
  put("instance", asked.instance);
  if (asked.authenticated) params["authenticated"] = true;
  if (asked.tls) params["tls"] = true;
  if (const auto wait = parse_time(asked.wait)) params["wait_ms"] = wait->count();
  return params.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string check_text(std::string_view result_json) {
  const auto result = ordered_json::parse(result_json, nullptr, false);
  if (!result.is_object()) return {};
  std::string text = decision_text(record_of(result));
  text.erase(0, text.find_first_not_of(' '));  // there is no time
  return text;
}

int check(const check_options& asked, link& to) {
  const std::string result = to.ask("check", check_params(asked), false);
  std::fputs((asked.json ? result + '\n' : check_text(result)).c_str(), stdout);
  const auto read = ordered_json::parse(result, nullptr, false);
  return read.is_object() && record_of(read).action == "accept" ? 0 : exit_ill;
}

}  // namespace cbv::ctl
