#include "tools/cbvd/settings_check_rule.hpp"

#include <cstddef>

#include "cbv/base/ascii.hpp"
#include "tools/cbvd/text_forms.hpp"

namespace cbv::cbvd {
namespace {

constexpr std::size_t text_octets_max = 200;

bool is_of_class(const std::string& enhanced, char digit) {
  return enhanced.size() >= 5 && enhanced[0] == digit && enhanced[1] == '.';
}

}  // namespace

void add_reply(std::vector<setting>& all, const std::string& key, checks::reply_form& into) {
  all.push_back(number_setting(key + ".code", into.code, 0, 599));
  all.push_back(text_setting(key + ".enhanced", into.enhanced,
                             "an enhanced code, such as \"5.7.1\"", any_text_or_none()));
  all.push_back(text_setting(key + ".text", into.text, "a text", any_text_or_none()));
}

void add_rule(std::vector<setting>& all, const std::string& key, checks::rule_form& into) {
  using checks::consequence;
  all.push_back(choice_setting<consequence>(key + ".action", into.if_failed,
                                            {{"off", consequence::off},
                                             {"log", consequence::log},
                                             {"defer", consequence::defer},
                                             {"reject", consequence::reject}}));
  add_reply(all, key, into);
}

std::vector<std::string> rule_contradictions(const std::string& key, const checks::rule_form& one) {
  std::vector<std::string> wrong;
  if (one.text.size() > text_octets_max)
    wrong.push_back(key + ".text: expected at most 200 octets");
  if (ascii::printable(one.text) != one.text)
    wrong.push_back(key + ".text: expected printable characters without a backslash");
  const bool rejects = one.if_failed == checks::consequence::reject;
  if (!rejects && one.if_failed != checks::consequence::defer) return wrong;
  const char digit = rejects ? '5' : '4';
  const std::string of_class =
      std::string(": expected one of class ") + digit + " to " + (rejects ? "reject" : "defer");
  if (one.code != 0 && (one.code / 100 != digit - '0' || one.code == 421))
    wrong.push_back(key + ".code" + of_class + ", got " + std::to_string(one.code));
  if (!one.enhanced.empty() && !is_of_class(one.enhanced, digit))
    wrong.push_back(key + ".enhanced" + of_class + ", got " + ascii::printable(one.enhanced));
  return wrong;
}

}  // namespace cbv::cbvd
