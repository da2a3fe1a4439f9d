// The words a verdict is made of (design: "The verdict").
//
// Their names are spoken on the wire and their numbers are on disk: append, never renumber, never
// reuse.
#ifndef CBV_VERDICT_WORDS_HPP
#define CBV_VERDICT_WORDS_HPP

#include <cstdint>
#include <optional>
#include <string_view>

namespace cbv {

enum class status : std::uint8_t { deliverable = 1, undeliverable = 2, unknown = 3 };

enum class reason : std::uint8_t {
  // deliverable
  accepted = 1,
  catch_all = 2,
  in_table = 3,
  // undeliverable
  syntax = 20,
  domain_not_found = 21,
  null_mx = 22,
  no_mail_host = 23,
  mx_unusable = 24,
  host_takes_no_mail = 25,
  mailbox_not_found = 26,
  mailbox_disabled = 27,
  mailbox_moved = 28,
  null_sender_refused = 29,
  not_in_table = 30,
  // unknown
  mailbox_full = 60,
  greylisted = 61,
  try_later = 62,
  prober_blocked = 63,
  refused_other = 64,
  relay_denied = 65,
  tls_required = 66,
  tls_failed = 67,
  connect_failed = 68,
  timed_out = 69,
  connection_lost = 70,
  bad_protocol = 71,
  dns_failure = 72,
  busy = 73,
  pending = 74,
  not_asked = 75,
};

/// Where it was decided, in the order of a callout.
enum class stage : std::uint8_t {
  syntax = 1,
  policy = 2,
  table = 3,
  dns = 4,
  connect = 5,
  greeting = 6,
  ehlo = 7,
  starttls = 8,
  mail = 9,
  rcpt = 10,
};

/// What it was decided from.
enum class source : std::uint8_t {
  callout = 1,
  cache = 2,
  stale = 3,
  table = 4,
  dns = 5,
  syntax = 6,
  policy = 7
};

/// Whether a host takes any local-part of its domain.
enum class catch_all : std::uint8_t { untested = 0, no = 1, yes = 2 };

/// Which side of the envelope an address stands on.
enum class role : std::uint8_t { sender = 1, recipient = 2 };

/// The lower snake case name of a word.
std::string_view to_string(status word) noexcept;
std::string_view to_string(reason word) noexcept;
std::string_view to_string(stage word) noexcept;
std::string_view to_string(source word) noexcept;
std::string_view to_string(catch_all word) noexcept;
std::string_view to_string(role word) noexcept;

/// The word of a name; nothing if there is no such word. `Word` is one of the enumerations above.
template <class Word>
std::optional<Word> word_from_name(std::string_view name) noexcept;

/// The word of a number read from disk; nothing if there is no such word.
template <class Word>
std::optional<Word> word_from_number(std::uint8_t number) noexcept;

/// The status that a reason belongs to. null_sender_refused and relay_denied may be judged
/// otherwise by a setting.
status status_of(reason why) noexcept;

}  // namespace cbv

#endif
