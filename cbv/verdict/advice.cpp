#include "cbv/verdict/advice.hpp"

#include <array>
#include <cstddef>

#include "cbv/base/ascii.hpp"
#include "cbv/verdict/enhanced_code.hpp"
#include "cbv/verdict/remote_text.hpp"

namespace cbv {
namespace {

// What a reason is called in a reply, and the enhanced status code that defers a recipient for it.
struct wording {
  cbv::reason reason;
  std::string_view words;
  std::string_view defer_enhanced = "4.3.0";  // of RFC 3463 and RFC 5248
};

constexpr std::array wordings{
    wording{reason::accepted, "mailbox accepts mail"},
    wording{reason::catch_all, "host accepts any mailbox"},
    wording{reason::in_table, "mailbox is known"},
    wording{reason::syntax, "not a mail address"},
    wording{reason::domain_not_found, "domain not found"},
    wording{reason::null_mx, "domain does not accept mail"},
    wording{reason::no_mail_host, "domain has no mail host"},
    wording{reason::mx_unusable, "domain has no usable mail host"},
    wording{reason::host_takes_no_mail, "host does not accept mail"},
    wording{reason::mailbox_not_found, "mailbox not found"},
    wording{reason::mailbox_disabled, "mailbox disabled"},
    wording{reason::mailbox_moved, "mailbox has moved"},
    wording{reason::null_sender_refused, "domain does not accept bounces", "4.7.1"},
    wording{reason::not_in_table, "mailbox not known"},
    wording{reason::mailbox_full, "mailbox full", "4.2.2"},
    wording{reason::greylisted, "greylisted", "4.7.1"},
    wording{reason::try_later, "host asks to try later", "4.3.0"},
    // About us: the edge's client has done nothing wrong, and can do nothing about it.
    wording{reason::prober_blocked, "verification refused by the host", "4.3.5"},
    wording{reason::refused_other, "verification inconclusive", "4.3.0"},
    wording{reason::relay_denied, "host does not serve the domain", "4.3.5"},
    wording{reason::tls_required, "host requires encryption", "4.7.10"},
    wording{reason::tls_failed, "encryption failed", "4.7.5"},
    wording{reason::connect_failed, "host not reachable", "4.4.1"},
    wording{reason::timed_out, "host did not answer in time", "4.4.2"},
    wording{reason::connection_lost, "connection to the host lost", "4.4.2"},
    wording{reason::bad_protocol, "host does not speak SMTP", "4.5.0"},
    wording{reason::dns_failure, "DNS failure", "4.4.3"},
    wording{reason::busy, "too many verifications at once", "4.4.5"},
    wording{reason::pending, "verification in progress", "4.1.0"},
    wording{reason::not_asked, "not verified", "4.1.0"},
};

constexpr std::size_t rule_text_octets_max = 200;

// Every reason stands in the table (a test sees to it); a wording for none is better than a crash.
constexpr wording no_wording{reason::pending, "not verified", "4.1.0"};

const wording& wording_of(reason why) {
  for (const wording& row : wordings) {
    if (row.reason == why) return row;
  }
  return no_wording;
}

// The server could not be asked, whatever it might have said.
bool is_unreachable(reason why) {
  return why == reason::connect_failed || why == reason::timed_out ||
         why == reason::connection_lost || why == reason::dns_failure;
}

bool is_backed_up(const verdict& found, role side) {
  return found.backup_mx && side == role::recipient && found.status == status::unknown &&
         is_unreachable(found.reason);
}

// Of the administrator; nothing if the default holds.
const advice_rule* rule_for(const verdict& found, role side,
                            const std::vector<advice_rule>& rules) {
  if (is_backed_up(found, side)) return nullptr;
  for (const advice_rule& rule : rules) {
    if (rule.why != found.reason || rule.side != side) continue;
    if (rule.action == action::reject && found.status != status::undeliverable) continue;
    return &rule;
  }
  return nullptr;
}

action action_for(const verdict& found, role side) {
  switch (found.status) {
    case status::deliverable:
      return action::accept;
    case status::undeliverable:
      return action::reject;
    case status::unknown:
      break;
  }
  if (side == role::sender || found.reason == reason::not_asked) return action::accept;
  // A backup MX is there for the time when the server is not: what it defers then comes back to it.
  if (is_backed_up(found, side)) return action::accept;
  return action::defer;
}

advice reply_for(action what, role side, const wording& why) {
  const bool sender = side == role::sender;
  const bool null_mx = why.reason == reason::null_mx;
  switch (what) {
    case action::accept:
      return {what, 250, sender ? "2.1.0" : "2.1.5", {}};
    case action::defer:
      return {what, 450, std::string(why.defer_enhanced), {}};
    case action::reject:
      break;
  }
  // RFC 7505 section 4 names the codes of a null MX.
  if (sender) return {what, 550, null_mx ? "5.7.27" : "5.1.8", {}};
  return {what, null_mx ? 556 : 550, null_mx ? "5.1.10" : "5.1.1", {}};
}

int weight(action what) {
  switch (what) {
    case action::accept:
      return 0;
    case action::defer:
      return 1;
    case action::reject:
      return 2;
  }
  return 0;
}

char class_digit(action what) {
  switch (what) {
    case action::accept:
      return '2';
    case action::defer:
      return '4';
    case action::reject:
      return '5';
  }
  return '2';
}

std::string_view past_tense(action what) {
  switch (what) {
    case action::accept:
      return "accepted";
    case action::reject:
      return "rejected";
    case action::defer:
      return "deferred";
  }
  return "accepted";
}

std::string_view address_words(role side) {
  return side == role::sender ? "Sender address " : "Recipient address ";
}

constexpr std::string_view text_separator = ": ";
// Without marks that MTAs take blanks from (Sendmail does, next to a colon).
constexpr std::string_view remote_separator = " - the host said ";

}  // namespace

std::string_view to_string(action word) noexcept {
  switch (word) {
    case action::accept:
      return "accept";
    case action::reject:
      return "reject";
    case action::defer:
      return "defer";
  }
  return "accept";
}

std::optional<action> action_from_name(std::string_view name) noexcept {
  for (const action word : {action::accept, action::reject, action::defer}) {
    if (to_string(word) == name) return word;
  }
  return std::nullopt;
}

std::optional<std::string> contradiction(const advice_rule& rule) {
  const bool may_reject =
      status_of(rule.why) == status::undeliverable || rule.why == reason::relay_denied;
  if (rule.action == action::reject && !may_reject) {
    return "action: expected accept or defer for " + std::string(to_string(rule.why)) +
           ", which proves nothing, got reject";
  }
  const char digit = class_digit(rule.action);
  const std::string expected =
      std::string(" of class ") + digit + " to " + std::string(to_string(rule.action)) + ", got ";
  const bool hangs_up = rule.code == 421;
  if (rule.code != 0 && (rule.code / 100 != digit - '0' || hangs_up)) {
    return "code: expected one" + expected + std::to_string(rule.code);
  }
  if (!rule.enhanced.empty() && (!is_enhanced_code(rule.enhanced) || rule.enhanced[0] != digit)) {
    return "enhanced: expected one" + expected + ascii::printable(rule.enhanced);
  }
  if (rule.text.size() > rule_text_octets_max) return "text: expected at most 200 octets";
  if (ascii::printable(rule.text) != rule.text)
    return "text: expected printable characters without a backslash";
  return std::nullopt;
}

advice advise(const verdict& found, role side, const advice_options& options) {
  const wording& why = wording_of(found.reason);
  const advice_rule* rule = rule_for(found, side, options.rules);
  action what = rule != nullptr ? rule->action : action_for(found, side);
  if (options.observe) what = action::accept;
  advice given = reply_for(what, side, why);
  given.text.append(address_words(side)).append(past_tense(what)).append(text_separator);
  given.text += why.words;
  if (options.reveal_remote_text && what != action::accept && found.reply) {
    const std::string words = remote_text(*found.reply);
    if (!words.empty()) given.text.append(remote_separator).append(words);
  }
  if (rule == nullptr || rule->action != what) return given;
  if (rule->code != 0) given.code = rule->code;
  if (!rule->enhanced.empty()) given.enhanced = rule->enhanced;
  if (!rule->text.empty()) given.text = rule->text;
  return given;
}

std::string_view bare_text(const advice& given, role side) noexcept {
  std::string_view left = given.text;
  for (const std::string_view part :
       {address_words(side), past_tense(given.action), text_separator}) {
    if (!left.starts_with(part)) return given.text;
    left.remove_prefix(part.size());
  }
  return left;
}

const advice& stricter(const advice& first, const advice& second) noexcept {
  return weight(second.action) > weight(first.action) ? second : first;
}

}  // namespace cbv
