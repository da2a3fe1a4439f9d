#include "cbv/smtp/reply_class.hpp"

#include <algorithm>
#include <optional>
#include <vector>

#include "cbv/smtp/reply_rules.hpp"
#include "cbv/smtp/reply_words.hpp"
#include "cbv/smtp/word_patterns.hpp"

namespace cbv::smtp {
namespace {

// 250 and 251, and 252, which RFC 5321 keeps for VRFY: it "will attempt delivery".
constexpr code_range accepted{250, 252};

bool has(const code_range& codes, int code) {
  return codes.first <= code && code <= codes.last;
}

std::string_view take_until(std::string_view& text, char mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view front = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return front;
}

// An enhanced code that stands at the very start of `text`, whatever follows it.
std::optional<enhanced_status> status_at(std::string_view text) {
  std::string_view digits = text.substr(0, text.find_first_not_of("0123456789."));
  while (digits.ends_with('.')) digits.remove_suffix(1);
  return leading_enhanced_status(digits);
}

// The enhanced code of a reply: the one that RFC 2034 asks for, else the one that is written as
// qmail and others do, "(#5.1.1)", "#5.1.0", "5.1.1: ", or on some of the lines. Where two differ
// there is none.
std::optional<enhanced_status> enhanced_of(const reply& said) {
  if (said.enhanced) return said.enhanced;
  std::optional<enhanced_status> found;
  for (const std::string_view line : said.lines) {
    for (std::size_t at = 0; at < line.size(); ++at) {
      if (at != 0 && line[at - 1] != '#' && line[at - 1] != '(') continue;
      const auto here = status_at(line.substr(at));
      if (!here || here->class_digit != said.code / 100) continue;
      if (found && *found != *here) return std::nullopt;
      found = here;
    }
  }
  return found;
}

bool fits(int number, std::string_view pattern) {
  return pattern == "*" || pattern == std::to_string(number);
}

bool fits(const std::optional<enhanced_status>& code, std::string_view patterns) {
  if (patterns.empty()) return true;
  while (!patterns.empty()) {
    std::string_view pattern = take_until(patterns, '|');
    if (pattern == "-") {
      if (!code) return true;
      continue;
    }
    if (!code) continue;
    const std::string_view class_digit = take_until(pattern, '.');
    const std::string_view subject = take_until(pattern, '.');
    if ((class_digit == "x" || fits(code->class_digit, class_digit)) &&
        fits(code->subject, subject) && fits(code->detail, pattern)) {
      return true;
    }
  }
  return false;
}

// The texts of all rules, compiled when they are first asked for.
const word_patterns& texts_of_rules() {
  static const word_patterns compiled = [] {
    std::vector<std::string_view> texts;
    for (const reply_rule& rule : reply_rules()) texts.push_back(rule.text);
    return word_patterns(texts);
  }();
  return compiled;
}

// What a reason says of the address, where one reply is all there is.
status status_for(reason why) {
  return why == reason::null_sender_refused ? status::unknown : status_of(why);
}

// A sender of ours that has a name was refused, not the null sender.
reason about_sender(reason why, const reply_context& us) {
  if (why != reason::null_sender_refused || us.null_sender) return why;
  return reason::prober_blocked;
}

// The last fence: no rule, whatever is written in it, makes a rejection of a transient reply, nor
// of one that was given before the mailbox was named.
bool may_reject(stage at, const reply& said, reason why) {
  if (!said.is_permanent()) return false;
  return at == stage::rcpt || (at == stage::greeting && why == reason::host_takes_no_mail);
}

}  // namespace

reply_meaning classify(stage at, const reply& said, const reply_context& us) {
  if (said.is_positive()) {
    if (at == stage::rcpt && has(accepted, said.code)) {
      return {status::deliverable, reason::accepted, "accepted"};
    }
    return {status::unknown, reason::bad_protocol, "out_of_place"};
  }
  const std::optional<enhanced_status> enhanced = enhanced_of(said);
  const reply_words words(joined_text(said), us.own_ip, us.helo_name);
  const std::vector<bool> found = texts_of_rules().found_in(words.all());
  const auto rules = reply_rules();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const reply_rule& rule = rules[i];
    if (!rule.at.has(at) || !has(rule.codes, said.code)) continue;
    if (!rule.text.empty() && !found[i]) continue;
    if (!fits(enhanced, rule.enhanced)) continue;
    const reason why = about_sender(rule.why, us);
    const status what = status_for(why);
    if (what == status::undeliverable && !may_reject(at, said, why)) break;
    return {what, why, rule.name};
  }
  return {status::unknown, reason::refused_other, "none"};
}

}  // namespace cbv::smtp
