#include "cbv/smtp/reply_class.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include "cbv/smtp/reply_delay.hpp"
#include "cbv/smtp/reply_words.hpp"

namespace cbv::smtp {
namespace {

// 250 and 251, and 252, which RFC 5321 keeps for VRFY: it "will attempt delivery".
constexpr code_range accepted{250, 252};

// What is read of a text: comparing words costs more than carrying them.
constexpr std::size_t text_octets_max = 4096;

bool has(const code_range& codes, int code) {
  return codes.first <= code && code <= codes.last;
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

// What a reason says of the address, where one reply is all there is.
status status_for(reason why) {
  return why == reason::null_sender_refused ? status::unknown : status_of(why);
}

// A sender of ours that has a name was refused, not the null sender.
reason about_sender(reason why, const reply_context& us) {
  if (why != reason::null_sender_refused || us.null_sender) return why;
  return reason::prober_blocked;
}

}  // namespace

reply_meaning classify(stage at, const reply& said, const reply_context& us,
                       const reply_rulebook& by) {
  if (said.is_positive()) {
    if (at == stage::rcpt && has(accepted, said.code)) {
      return {status::deliverable, reason::accepted, "accepted", {}, {}};
    }
    return {status::unknown, reason::bad_protocol, "out_of_place", {}, {}};
  }
  std::string text = joined_text(said);
  const bool cut = text.size() > text_octets_max;
  if (cut) text.resize(text_octets_max);
  const reply_words words(text, own_names(us.own_ip, us.helo_name), us.asked);
  const reply_rule* rule = by.first_match(at, said.code, enhanced_of(said), words.all());
  if (rule == nullptr) return {status::unknown, reason::refused_other, "none", {}, {}};
  reply_meaning means;
  means.reason = about_sender(rule->why, us);
  // Nobody needs so many words to say that there is no such mailbox; the rest could say why.
  if (cut && status_of(means.reason) != status::unknown) means.reason = reason::refused_other;
  means.status = status_for(means.reason);
  means.rule = rule->name;
  means.wording = rule->wording;
  if (said.is_transient()) means.retry_after = named_delay(text);
  return means;
}

}  // namespace cbv::smtp
