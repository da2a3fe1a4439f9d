// What a reply says, and about whom: the mailbox, the domain, or us.
//
// The class digit decides first, the enhanced code second, the text last; the stage always counts.
// A fault never becomes a rejection: only a 5xx that speaks of the mailbox, at RCPT, is about the
// mailbox.
#ifndef CBV_SMTP_REPLY_CLASS_HPP
#define CBV_SMTP_REPLY_CLASS_HPP

#include <string_view>

#include "cbv/smtp/reply.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::smtp {

/// What a reply means. `rule` names the rule that matched, for people and for tests.
struct reply_meaning {
  cbv::status status = status::unknown;
  cbv::reason reason = reason::refused_other;
  std::string_view rule;
};

/// What we are called at the far end: our own address or name quoted in a reply makes it about us.
struct reply_context {
  std::string_view own_ip;
  std::string_view helo_name;
  bool null_sender = true;  // MAIL FROM was <>
};

/// Reads a reply given at a stage by the rules of reply_rules.cpp (greeting, ehlo, starttls, mail,
/// rcpt). A 2xx before rcpt means "go on" and is not asked about; it is read as unknown /
/// bad_protocol.
///
/// `undeliverable` is said of a 5xx at RCPT that speaks of the mailbox, and of host_takes_no_mail
/// at the greeting, which holds for a domain only if all its hosts say so. null_sender_refused is
/// unknown here. Neither it nor relay_denied is ever said of a 4xx. Pure.
reply_meaning classify(stage at, const reply& said, const reply_context& us = {});

}  // namespace cbv::smtp

#endif
