#include "tools/cbvctl/explain.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <optional>
#include <utility>

#include "cbv/base/ascii.hpp"
#include "tools/cbvctl/exit_status.hpp"

namespace cbv::ctl {
namespace {

using api::decision_record;

std::string_view without_brackets(std::string_view address) {
  if (address.size() > 2 && address.starts_with('<') && address.ends_with('>'))
    return address.substr(1, address.size() - 2);
  return address;
}

std::string padded(std::string_view text, std::size_t width) {
  std::string made(text);
  if (made.size() < width) made.resize(width, ' ');
  return made;
}

std::string past_tense(std::string_view action) {
  if (action == "accept") return "accepted";
  if (action == "reject") return "rejected";
  if (action == "defer") return "deferred";
  return std::string(action);
}

// "rejected by dnsbl: 550 5.7.1 ...", and what was said in its place if it was only observed.
std::string outcome_words(const decision_record& one) {
  std::string words = past_tense(one.enforced);
  if (!one.decided_by.empty()) words += " by " + one.decided_by;
  words += ":";
  for (const std::string* part : {&one.code, &one.enhanced, &one.text}) {
    if (!part->empty()) words += ' ' + *part;
  }
  if (one.action != one.enforced) words += " (only observed: " + past_tense(one.action) + ")";
  return words;
}

}  // namespace

void add_explain_command(CLI::App& app, explain_options& into) {
  CLI::App* const made =
      app.add_subcommand("explain", "What was decided about an envelope, and why");
  made->fallthrough();
  made->add_option("what", into.what, "The id of a decision, a sender or a recipient")->required();
  made->add_option(
          "--log", into.logs,
          std::string("A decision log; - is standard input (default ") + usual_decision_log + ")")
      ->type_name("FILE");
}

bool is_meant(const decision_record& one, std::string_view what) {
  if (one.id == what) return true;
  const std::string_view address = without_brackets(what);
  if (address.find('@') == std::string_view::npos && what != "<>") return false;
  return ascii::iequals(one.sender, address) || ascii::iequals(one.recipient, address);
}

std::string decision_text(const decision_record& one) {
  const std::array<std::pair<const char*, const std::string*>, 10> rows{{
      {"client", &one.client},
      {"name", &one.client_name},
      {"name, not confirmed", &one.reverse_client_name},
      {"helo", &one.helo},
      {"sender", &one.sender},
      {"recipient", &one.recipient},
      {"instance", &one.instance},
      {"authenticated", &one.authenticated},
      {"tls", &one.tls},
      {"pending", &one.pending},
  }};
  constexpr std::size_t name_width = 21;
  std::string text = ascii::printable(one.time) + "  " + ascii::printable(one.id) + "  " +
                     ascii::printable(outcome_words(one)) + '\n';
  for (const auto& [name, value] : rows) {
    if (value->empty()) continue;
    text += "  " + padded(name, name_width) + ascii::printable(*value) + '\n';
  }
  for (const decision_record::made& each : one.checks) {
    text += "    " + padded(ascii::printable(each.check), 17) +
            padded(ascii::printable(each.outcome), 8) +
            padded(ascii::printable(each.ms) + " ms", 9) + ascii::printable(each.evidence);
    text.erase(text.find_last_not_of(' ') + 1);
    text += '\n';
  }
  return text;
}

std::size_t explain_log(std::istream& log, std::string_view what, bool json, std::ostream& to) {
  std::size_t found = 0;
  for (std::string line; std::getline(log, line);) {
    const auto one = api::read_decision(line);
    if (!one || !is_meant(*one, what)) continue;
    ++found;
    to << (json ? api::as_json(*one) + '\n' : decision_text(*one));
  }
  return found;
}

int explain(const explain_options& asked) {
  std::vector<std::string> logs = asked.logs;
  if (logs.empty()) logs.emplace_back(usual_decision_log);
  std::size_t found = 0;
  for (const std::string& name : logs) {
    if (name == "-") {
      found += explain_log(std::cin, asked.what, asked.json, std::cout);
      continue;
    }
    std::ifstream file(name);
    if (!file) throw stopped(exit_no_input, name + ": " + std::strerror(errno));
    found += explain_log(file, asked.what, asked.json, std::cout);
  }
  std::cout.flush();
  if (found > 0) return 0;
  std::cerr << "cbvctl: no decision of " << ascii::printable(asked.what) << '\n';
  return exit_ill;
}

}  // namespace cbv::ctl
