// What a reply says, and about whom: the mailbox, the domain, or us.
//
// The class digit decides first, the enhanced code second, the text last; the stage always counts.
// A fault never becomes a rejection: only a 5xx that speaks of the mailbox, at RCPT, is about the
// mailbox.
#ifndef CBV_SMTP_REPLY_CLASS_HPP
#define CBV_SMTP_REPLY_CLASS_HPP

#include <chrono>
#include <optional>
#include <string_view>

#include "cbv/smtp/reply.hpp"
#include "cbv/smtp/reply_rulebook.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::smtp {

/// What a reply means. `rule` names the rule that matched, `wording` is the reply that it was
/// written for: for people and for tests. Both live as long as the rulebook.
struct reply_meaning {
  cbv::status status = status::unknown;
  cbv::reason reason = reason::refused_other;
  std::string_view rule;
  std::string_view wording;
  /// When a 4xx says to come back (reply_delay.hpp); nothing if it names no time.
  std::optional<std::chrono::seconds> retry_after;
};

/// What we are called at the far end: our own address or name quoted in a reply makes it about us.
/// And what we asked for: another address that is unknown says nothing of this one.
struct reply_context {
  std::string_view own_ip;
  std::string_view helo_name;
  bool null_sender = true;      // MAIL FROM was <>
  std::string_view asked = {};  // the address in RCPT TO; empty: not known
};

/// Reads a reply given at a stage by the rules of a book (greeting, ehlo, starttls, mail,
/// rcpt). A 2xx before rcpt means "go on" and is not asked about; it is read as unknown /
/// bad_protocol.
///
/// `undeliverable` is said of a 5xx at RCPT that speaks of the mailbox, and of host_takes_no_mail
/// at the greeting, which holds for a domain only if all its hosts say so. null_sender_refused is
/// unknown here. Neither it nor relay_denied is ever said of a 4xx. Of a text that is longer than
/// 4096 octets the rest is not read, and nothing is a rejection. Pure.
reply_meaning classify(stage at, const reply& said, const reply_context& us = {},
                       const reply_rulebook& by = reply_rulebook::built_in());

}  // namespace cbv::smtp

#endif
