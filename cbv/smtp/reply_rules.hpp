// What replies mean, as data.
#ifndef CBV_SMTP_REPLY_RULES_HPP
#define CBV_SMTP_REPLY_RULES_HPP

#include <span>
#include <string_view>

#include "cbv/smtp/word_patterns.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::smtp {

/// Stages of a dialogue, as a set.
struct stage_set {
  unsigned bits = 0;

  constexpr bool has(stage at) const noexcept {
    return (bits >> static_cast<unsigned>(at) & 1U) != 0;
  }
  friend constexpr bool operator==(stage_set a, stage_set b) noexcept = default;
  friend constexpr stage_set operator|(stage_set a, stage_set b) noexcept {
    return {a.bits | b.bits};
  }
};

constexpr stage_set only(stage at) noexcept {
  return {1U << static_cast<unsigned>(at)};
}

/// Reply codes, the ends included.
struct code_range {
  int first = 400;
  int last = 599;

  friend bool operator==(const code_range&, const code_range&) = default;
};

/// One rule: a refusal at one of these stages, with one of these codes, this enhanced code and
/// these words means `why`. All of them have to fit; an empty pattern fits all.
struct reply_rule {
  std::string_view name;  // for people and tests
  stage_set at;
  code_range codes;
  std::string_view enhanced;  // "5.1.1|5.1.10", "x.2.2" (any class), "5.7.*"; "-": none was given
  std::string_view text;      // a pattern of word_patterns, with the groups of reply_vocabulary()
  std::string_view provider;  // whose wording it is, for people; empty: that of many
  reason why = reason::refused_other;
  std::string_view wording;  // a reply that it was written for
};

/// All rules. The first that fits decides; the last ones fit everything.
std::span<const reply_rule> reply_rules();

/// The groups of words that the rules are written in.
std::span<const word_group> reply_vocabulary() noexcept;

}  // namespace cbv::smtp

#endif
