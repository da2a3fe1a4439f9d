#include "cbv/smtp/reply_rulebook.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "cbv/base/ascii.hpp"
#include "cbv/smtp/letter_folding.hpp"

namespace cbv::smtp {
namespace {

std::string_view take_until(std::string_view& text, char mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view front = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return front;
}

bool fits(int number, std::string_view pattern) {
  if (pattern == "*") return true;
  int wanted = -1;
  std::from_chars(pattern.data(), pattern.data() + pattern.size(), wanted);
  return wanted == number;
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

// Takes whatever is left of a class of replies: an opinion on nothing.
bool takes_all(const reply_rule& rule) {
  return rule.text.empty() && rule.enhanced.empty() && rule.codes.last - rule.codes.first >= 99;
}

bool fits(const reply_rule& rule, stage at, int code,
          const std::optional<enhanced_status>& enhanced) {
  return rule.at.has(at) && rule.codes.first <= code && code <= rule.codes.last &&
         fits(enhanced, rule.enhanced);
}

std::vector<std::string_view> texts_of(const std::vector<reply_rule>& rules) {
  std::vector<std::string_view> texts;
  texts.reserve(rules.size());
  for (const reply_rule& rule : rules) texts.push_back(rule.text);
  return texts;
}

reply_rule table_row(const added_rule& rule) {
  return {rule.name, rule.at,       rule.codes, rule.enhanced,
          rule.text, rule.provider, rule.why,   "a rule of the settings"};
}

std::vector<added_rule> with_names(std::vector<added_rule> added) {
  for (std::size_t i = 0; i < added.size(); ++i) {
    if (added[i].name.empty()) added[i].name = "reply_rule_" + std::to_string(i + 1);
  }
  return added;
}

std::vector<reply_rule> rows_in_order(const std::vector<added_rule>& added) {
  std::vector<reply_rule> rows;
  const auto add = [&](rule_place where) {
    for (const added_rule& rule : added) {
      if (rule.where == where) rows.push_back(table_row(rule));
    }
  };
  add(rule_place::before);
  const auto table = reply_rules();
  rows.insert(rows.end(), table.begin(), table.end());
  add(rule_place::after);
  return rows;
}

// What a refusal can mean.
constexpr std::array reasons{
    reason::mailbox_not_found, reason::mailbox_disabled, reason::mailbox_moved,
    reason::mailbox_full,      reason::greylisted,       reason::try_later,
    reason::prober_blocked,    reason::refused_other,    reason::relay_denied,
    reason::tls_required,      reason::tls_failed,       reason::null_sender_refused,
    reason::host_takes_no_mail};

constexpr std::array stages{stage::greeting, stage::ehlo, stage::starttls, stage::mail,
                            stage::rcpt};

/// The one of `words` that has this name; else "expected one of ..., got 'NAME'".
template <class Words>
parsed<typename Words::value_type> one_of(const Words& words, std::string_view name) {
  std::string names;
  for (const auto word : words) {
    if (to_string(word) == name) return word;
    names += (names.empty() ? "" : ", ") + std::string(to_string(word));
  }
  return syntax_error{"it is none of " + names, 1};
}

bool is_number(std::string_view text, std::size_t digits_max) {
  return !text.empty() && text.size() <= digits_max &&
         std::all_of(text.begin(), text.end(), ascii::is_digit);
}

// Three digits that begin with 4 or 5, or "4xx", "5xx".
std::optional<code_range> one_code(std::string_view text) {
  if (ascii::iequals(text, "4xx")) return code_range{400, 499};
  if (ascii::iequals(text, "5xx")) return code_range{500, 599};
  if (text.size() != 3 || !is_number(text, 3) || text[0] < '4' || text[0] > '5') {
    return std::nullopt;
  }
  int code = 0;
  std::from_chars(text.data(), text.data() + text.size(), code);
  return code_range{code, code};
}

bool is_enhanced_pattern(std::string_view text) {
  if (text == "-") return true;
  const std::string_view class_digit = take_until(text, '.');
  const std::string_view subject = take_until(text, '.');
  const auto is_part = [](std::string_view part) { return part == "*" || is_number(part, 3); };
  return (class_digit == "x" || class_digit == "4" || class_digit == "5") && is_part(subject) &&
         is_part(text);
}

bool is_group(std::string_view word) {
  const auto groups = reply_vocabulary();
  return word.size() > 2 && word.starts_with('{') && word.ends_with('}') &&
         std::any_of(groups.begin(), groups.end(), [word](const word_group& group) {
           return group.name == word.substr(1, word.size() - 2);
         });
}

// A word as texts have it, or what is wrong with it.
parsed<std::string> pattern_word(std::string_view word) {
  if (word.empty()) return syntax_error{"a word is missing", 1};
  if (word == "_" || word == "~" || word == "@" || word == "<>" || word == "$us" || word == "$ip" ||
      word == "$other" || word == "$helper" || is_group(word)) {
    return std::string(word);
  }
  if (word.starts_with('{')) return syntax_error{"there is no such group of words", 1};
  std::string made;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    if (c == '-' || c == '\'') continue;  // no text has them, either
    const bool at_end = i == 0 || i + 1 == word.size();
    const bool good = ascii::is_alnum(c) || c == '.' || static_cast<unsigned char>(c) >= 0x80 ||
                      (c == '*' && at_end);
    if (!good) return syntax_error{"this character is in no word", i + 1};
    made += c;
  }
  if (made.empty() || made == "**") return syntax_error{"a word is missing", 1};
  return fold_letters(made);
}

}  // namespace

bool may_say(reason why, stage at, int code) noexcept {
  switch (why) {
    case reason::host_takes_no_mail:
      return code >= 500 && at == stage::greeting;
    case reason::null_sender_refused:
      return code >= 500 && (at == stage::mail || at == stage::rcpt);
    case reason::relay_denied:
      return code >= 500 && at == stage::rcpt;
    default:
      return status_of(why) == status::unknown || (code >= 500 && at == stage::rcpt);
  }
}

parsed<code_range> parse_code_range(std::string_view text) {
  const syntax_error wrong{"codes are 550, 550-559 or 5xx, from 400 to 599", 1};
  const std::size_t dash = text.find('-');
  const auto first = one_code(text.substr(0, dash));
  if (!first) return wrong;
  if (dash == std::string_view::npos) return *first;
  const auto last = one_code(text.substr(dash + 1));
  if (!last) return syntax_error{wrong.what, dash + 2};
  if (last->last < first->first) return syntax_error{"the range ends before it begins", dash + 2};
  return code_range{first->first, last->last};
}

parsed<std::string> parse_enhanced_pattern(std::string_view text) {
  const std::string_view whole = text;
  while (!text.empty()) {
    const std::size_t at = whole.size() - text.size() + 1;
    if (!is_enhanced_pattern(take_until(text, '|'))) {
      return syntax_error{"an enhanced code is 5.1.1, x.2.2, 5.7.* or -", at};
    }
  }
  if (whole.ends_with('|')) return syntax_error{"nothing follows the last |", whole.size()};
  return std::string(whole);
}

parsed<std::string> parse_text_pattern(std::string_view text) {
  if (text.size() > pattern_octets_max) {
    return syntax_error{"it has more than " + std::to_string(pattern_octets_max) + " octets",
                        pattern_octets_max + 1};
  }
  std::string made;
  std::size_t at = 0;
  bool first = true;  // in its alternative
  while (at < text.size()) {
    if (text[at] == ' ' || text[at] == '\t') {
      ++at;
      continue;
    }
    if (text[at] == '|') {
      if (first) return syntax_error{"nothing stands before this |", at + 1};
      made += '|';
      first = true;
      ++at;
      continue;
    }
    const std::size_t end = std::min(text.find_first_of(" \t|", at), text.size());
    const std::string_view item = text.substr(at, end - at);
    if (first && (item == "_" || item == "~" || item == "*")) {
      return syntax_error{"a pattern begins with a word", at + 1};
    }
    if (!first) made += ' ';
    for (std::size_t begin = at;; made += '/') {
      const std::size_t slash = std::min(text.find('/', begin), end);
      const std::string_view one = text.substr(begin, slash - begin);
      const bool alone = begin == at && slash == end;
      const auto word = alone && one == "*" ? parsed<std::string>("*") : pattern_word(one);
      if (!word) return syntax_error{word.error().what, begin + word.error().octet};
      made += *word;
      if (slash == end) break;
      begin = slash + 1;
    }
    first = false;
    at = end;
  }
  if (first && !made.empty()) return syntax_error{"nothing follows the last |", text.size()};
  return made;
}

parsed<stage> parse_reply_stage(std::string_view text) {
  return one_of(stages, text);
}

parsed<reason> parse_rule_reason(std::string_view text) {
  return one_of(reasons, text);
}

std::optional<std::string> contradiction(const added_rule& rule) {
  const std::string name(to_string(rule.why));
  if (rule.at.bits == 0) return "it has no stage";
  if (rule.text.empty() && rule.enhanced.empty() && rule.codes.last - rule.codes.first >= 99) {
    return "it would take every reply: give it a text, an enhanced code or fewer codes";
  }
  for (const stage at : stages) {
    if (rule.at.has(at) && !may_say(rule.why, at, 599)) {
      return name + " is not said at " + std::string(to_string(at));
    }
    if (rule.at.has(at) && !may_say(rule.why, at, rule.codes.first)) {
      return name + " is said of a 5xx only, never of a 4xx";
    }
  }
  return std::nullopt;
}

reply_rulebook::reply_rulebook(std::vector<added_rule> added)
    : added_(with_names(std::move(added))),
      rules_(rows_in_order(added_)),
      texts_(texts_of(rules_), reply_vocabulary()),
      after_(rules_.size() - static_cast<std::size_t>(std::count_if(
                                 added_.begin(), added_.end(), [](const added_rule& rule) {
                                   return rule.where == rule_place::after;
                                 }))) {}

const reply_rulebook& reply_rulebook::built_in() {
  static const reply_rulebook table;
  return table;
}

const reply_rule* reply_rulebook::first_match(stage at, int code,
                                              const std::optional<enhanced_status>& enhanced,
                                              std::span<const std::string> words) const {
  const std::vector<bool> found = texts_.found_in(words);
  const reply_rule* of_last_resort = nullptr;
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (i < after_ && of_last_resort != nullptr) continue;
    const reply_rule& rule = rules_[i];
    if ((!rule.text.empty() && !found[i]) || !fits(rule, at, code, enhanced)) continue;
    if (!may_say(rule.why, at, code)) continue;  // the last fence
    if (!takes_all(rule)) return &rule;
    of_last_resort = &rule;
  }
  return of_last_resort;
}

}  // namespace cbv::smtp
