// The table of rules, with those that the settings add, compiled.
#ifndef CBV_SMTP_REPLY_RULEBOOK_HPP
#define CBV_SMTP_REPLY_RULEBOOK_HPP

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/address/syntax_error.hpp"
#include "cbv/smtp/reply.hpp"
#include "cbv/smtp/reply_rules.hpp"
#include "cbv/smtp/word_patterns.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::smtp {

/// Where an added rule stands: in front of the table, or behind all of it but the rules that take
/// whatever is left.
enum class rule_place { before, after };

/// A rule that the settings add; its columns are those of reply_rule. Its patterns are written as
/// people write them: case, accents, hyphens and apostrophes do not matter.
struct added_rule {
  std::string name;
  rule_place where = rule_place::before;
  stage_set at = only(stage::rcpt);
  code_range codes{500, 599};
  std::string enhanced;
  std::string text;
  std::string provider;
  reason why = reason::refused_other;

  friend bool operator==(const added_rule&, const added_rule&) = default;
};

/// The columns of an added rule as text. Each says what is wrong, and where in the text.
///
/// Codes are "550", "550-559" or "5xx". An enhanced code is one or more of "5.1.1", "x.2.2",
/// "5.7.*" and "-" (none was given), parted by "|". A text is a pattern of word_patterns; it has at
/// most pattern_octets_max octets.
inline constexpr std::size_t pattern_octets_max = 2000;
parsed<code_range> parse_code_range(std::string_view text);
parsed<std::string> parse_enhanced_pattern(std::string_view text);
parsed<std::string> parse_text_pattern(std::string_view text);
parsed<stage> parse_reply_stage(std::string_view text);
parsed<reason> parse_rule_reason(std::string_view text);

/// What is wrong between the columns of a rule that are good by themselves ("mailbox_not_found is
/// said of a 5xx at rcpt only"); nothing if it may be added.
std::optional<std::string> contradiction(const added_rule& rule);

/// The last fence: no rule, whatever is written in it, makes a rejection of a transient reply, nor
/// of one that was given before the mailbox was named; nor says what a setting may judge as one.
bool may_say(reason why, stage at, int code) noexcept;

/// All rules in their order, ready to be compared with replies. Immutable, usable from any thread.
class reply_rulebook {
 public:
  /// The table alone.
  reply_rulebook() : reply_rulebook(std::vector<added_rule>{}) {}

  /// The table and `added`, whose columns were parsed as above and do not contradict each other.
  explicit reply_rulebook(std::vector<added_rule> added);

  // Rules refer to the texts of added_, which stay where they are when it is moved.
  reply_rulebook(reply_rulebook&&) = default;
  reply_rulebook& operator=(reply_rulebook&&) = default;
  reply_rulebook(const reply_rulebook&) = delete;
  reply_rulebook& operator=(const reply_rulebook&) = delete;
  ~reply_rulebook() = default;

  /// The table alone, compiled when it is first asked for.
  static const reply_rulebook& built_in();

  /// The first rule that fits a refusal; nullptr if none does, which no refusal is left to. `words`
  /// are those of its text (reply_words).
  const reply_rule* first_match(stage at, int code, const std::optional<enhanced_status>& enhanced,
                                std::span<const std::string> words) const;

  std::span<const reply_rule> rules() const noexcept { return rules_; }

 private:
  std::vector<added_rule> added_;
  std::vector<reply_rule> rules_;
  word_patterns texts_;  // of rules_, in their order
  std::size_t after_;    // where the rules begin that stand behind the table
};

}  // namespace cbv::smtp

#endif
