#include "cbv/verdict/words.hpp"

#include <array>
#include <span>

namespace cbv {
namespace {

template <class Word>
struct named {
  Word word;
  std::string_view name;
};

constexpr std::array statuses{
    named<status>{status::deliverable, "deliverable"},
    named<status>{status::undeliverable, "undeliverable"},
    named<status>{status::unknown, "unknown"},
};

constexpr std::array reasons{
    named<reason>{reason::accepted, "accepted"},
    named<reason>{reason::catch_all, "catch_all"},
    named<reason>{reason::in_table, "in_table"},
    named<reason>{reason::syntax, "syntax"},
    named<reason>{reason::domain_not_found, "domain_not_found"},
    named<reason>{reason::null_mx, "null_mx"},
    named<reason>{reason::no_mail_host, "no_mail_host"},
    named<reason>{reason::mx_unusable, "mx_unusable"},
    named<reason>{reason::host_takes_no_mail, "host_takes_no_mail"},
    named<reason>{reason::mailbox_not_found, "mailbox_not_found"},
    named<reason>{reason::mailbox_disabled, "mailbox_disabled"},
    named<reason>{reason::mailbox_moved, "mailbox_moved"},
    named<reason>{reason::null_sender_refused, "null_sender_refused"},
    named<reason>{reason::not_in_table, "not_in_table"},
    named<reason>{reason::mailbox_full, "mailbox_full"},
    named<reason>{reason::greylisted, "greylisted"},
    named<reason>{reason::try_later, "try_later"},
    named<reason>{reason::prober_blocked, "prober_blocked"},
    named<reason>{reason::refused_other, "refused_other"},
    named<reason>{reason::relay_denied, "relay_denied"},
    named<reason>{reason::tls_required, "tls_required"},
    named<reason>{reason::tls_failed, "tls_failed"},
    named<reason>{reason::connect_failed, "connect_failed"},
    named<reason>{reason::timed_out, "timed_out"},
    named<reason>{reason::connection_lost, "connection_lost"},
    named<reason>{reason::bad_protocol, "bad_protocol"},
    named<reason>{reason::dns_failure, "dns_failure"},
    named<reason>{reason::busy, "busy"},
    named<reason>{reason::pending, "pending"},
    named<reason>{reason::not_asked, "not_asked"},
};

constexpr std::array stages{
    named<stage>{stage::syntax, "syntax"},   named<stage>{stage::policy, "policy"},
    named<stage>{stage::table, "table"},     named<stage>{stage::dns, "dns"},
    named<stage>{stage::connect, "connect"}, named<stage>{stage::greeting, "greeting"},
    named<stage>{stage::ehlo, "ehlo"},       named<stage>{stage::starttls, "starttls"},
    named<stage>{stage::mail, "mail"},       named<stage>{stage::rcpt, "rcpt"},
};

constexpr std::array sources{
    named<source>{source::callout, "callout"}, named<source>{source::cache, "cache"},
    named<source>{source::stale, "stale"},     named<source>{source::table, "table"},
    named<source>{source::dns, "dns"},         named<source>{source::syntax, "syntax"},
    named<source>{source::policy, "policy"},
};

constexpr std::array catch_alls{
    named<catch_all>{catch_all::untested, "untested"},
    named<catch_all>{catch_all::no, "no"},
    named<catch_all>{catch_all::yes, "yes"},
};

constexpr std::array roles{
    named<role>{role::sender, "sender"},
    named<role>{role::recipient, "recipient"},
};

constexpr std::span<const named<status>> words_of(status) {
  return statuses;
}
constexpr std::span<const named<reason>> words_of(reason) {
  return reasons;
}
constexpr std::span<const named<stage>> words_of(stage) {
  return stages;
}
constexpr std::span<const named<source>> words_of(source) {
  return sources;
}
constexpr std::span<const named<catch_all>> words_of(catch_all) {
  return catch_alls;
}
constexpr std::span<const named<role>> words_of(role) {
  return roles;
}

template <class Word>
std::string_view name_of(Word word) {
  for (const auto& entry : words_of(Word{})) {
    if (entry.word == word) return entry.name;
  }
  return "?";
}

}  // namespace

std::string_view to_string(status word) noexcept {
  return name_of(word);
}
std::string_view to_string(reason word) noexcept {
  return name_of(word);
}
std::string_view to_string(stage word) noexcept {
  return name_of(word);
}
std::string_view to_string(source word) noexcept {
  return name_of(word);
}
std::string_view to_string(catch_all word) noexcept {
  return name_of(word);
}
std::string_view to_string(role word) noexcept {
  return name_of(word);
}

template <class Word>
std::optional<Word> word_from_name(std::string_view name) noexcept {
  for (const auto& entry : words_of(Word{})) {
    if (entry.name == name) return entry.word;
  }
  return std::nullopt;
}

template <class Word>
std::optional<Word> word_from_number(std::uint8_t number) noexcept {
  for (const auto& entry : words_of(Word{})) {
    if (static_cast<std::uint8_t>(entry.word) == number) return entry.word;
  }
  return std::nullopt;
}

template std::optional<status> word_from_name(std::string_view) noexcept;
template std::optional<reason> word_from_name(std::string_view) noexcept;
template std::optional<stage> word_from_name(std::string_view) noexcept;
template std::optional<source> word_from_name(std::string_view) noexcept;
template std::optional<catch_all> word_from_name(std::string_view) noexcept;
template std::optional<role> word_from_name(std::string_view) noexcept;
template std::optional<status> word_from_number(std::uint8_t) noexcept;
template std::optional<reason> word_from_number(std::uint8_t) noexcept;
template std::optional<stage> word_from_number(std::uint8_t) noexcept;
template std::optional<source> word_from_number(std::uint8_t) noexcept;
template std::optional<catch_all> word_from_number(std::uint8_t) noexcept;
template std::optional<role> word_from_number(std::uint8_t) noexcept;

status status_of(reason why) noexcept {
  const auto number = static_cast<std::uint8_t>(why);
  if (number < static_cast<std::uint8_t>(reason::syntax)) return status::deliverable;
  if (number < static_cast<std::uint8_t>(reason::mailbox_full)) return status::undeliverable;
  return status::unknown;
}

}  // namespace cbv
