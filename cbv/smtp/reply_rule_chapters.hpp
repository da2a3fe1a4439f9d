// The chapters of the table, in their order (reply_rules.cpp), and what they are written with.
#ifndef CBV_SMTP_REPLY_RULE_CHAPTERS_HPP
#define CBV_SMTP_REPLY_RULE_CHAPTERS_HPP

#include <span>

#include "cbv/smtp/reply_rules.hpp"

namespace cbv::smtp::chapter {

inline constexpr stage_set greeting = only(stage::greeting);
inline constexpr stage_set ehlo = only(stage::ehlo);
inline constexpr stage_set starttls = only(stage::starttls);
inline constexpr stage_set mail = only(stage::mail);
inline constexpr stage_set rcpt = only(stage::rcpt);
inline constexpr stage_set before_mailbox = greeting | ehlo | mail;
inline constexpr stage_set anywhere = before_mailbox | starttls | rcpt;

inline constexpr code_range refusal{400, 599};
inline constexpr code_range transient{400, 499};
inline constexpr code_range permanent{500, 599};

/// A mailbox's refusals that look as if they were about us, each known by its exact words.
std::span<const reply_rule> disguised() noexcept;

/// What speaks of us: who sends, from where, how fast, with what repute.
std::span<const reply_rule> about_us() noexcept;

/// Room that the mailbox lacks, trouble that passes, every 4xx, and refusals before RCPT.
std::span<const reply_rule> passing() noexcept;

/// Words of the mailbox, and something else that is missing, closed or not willing.
std::span<const reply_rule> other_subjects() noexcept;

/// What speaks of the mailbox, and all the rest.
std::span<const reply_rule> about_mailbox() noexcept;

}  // namespace cbv::smtp::chapter

#endif
