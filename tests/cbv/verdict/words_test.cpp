// The names are spoken on the wire and the numbers are on disk. A line of these tables is never
// changed or taken away; new words are appended.
#include "cbv/verdict/words.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace cbv {
namespace {

template <class Word>
struct frozen {
  Word word;
  std::string_view name;
  int number;
};

// Every number that is not in the table, and every name, is no word.
template <class Word>
void expect_frozen(const std::vector<frozen<Word>>& table) {
  static_assert(std::is_same_v<std::underlying_type_t<Word>, std::uint8_t>);
  std::vector<bool> taken(256);
  for (const auto& [word, name, number] : table) {
    SCOPED_TRACE(std::string(name));
    EXPECT_EQ(static_cast<int>(word), number);
    EXPECT_EQ(to_string(word), name);
    EXPECT_EQ(word_from_name<Word>(name), word);
    EXPECT_EQ(word_from_number<Word>(static_cast<std::uint8_t>(number)), word);
    EXPECT_FALSE(word_from_name<Word>(std::string(name) + "_"));
    EXPECT_FALSE(taken[static_cast<std::size_t>(number)]) << "two words with one number";
    taken[static_cast<std::size_t>(number)] = true;
  }
  for (int number = 0; number < 256; ++number) {
    if (taken[static_cast<std::size_t>(number)]) continue;
    EXPECT_FALSE(word_from_number<Word>(static_cast<std::uint8_t>(number))) << number;
    EXPECT_EQ(to_string(static_cast<Word>(number)), "?");
  }
  for (const std::string_view none : {"", "?", " ", "Deliverable", "ACCEPTED", "none"}) {
    EXPECT_FALSE(word_from_name<Word>(none)) << none;
  }
}

TEST(Words, FreezesStatus) {
  expect_frozen<status>({
      {status::deliverable, "deliverable", 1},
      {status::undeliverable, "undeliverable", 2},
      {status::unknown, "unknown", 3},
  });
}

TEST(Words, FreezesReason) {
  expect_frozen<reason>({
      {reason::accepted, "accepted", 1},
      {reason::catch_all, "catch_all", 2},
      {reason::in_table, "in_table", 3},
      {reason::syntax, "syntax", 20},
      {reason::domain_not_found, "domain_not_found", 21},
      {reason::null_mx, "null_mx", 22},
      {reason::no_mail_host, "no_mail_host", 23},
      {reason::mx_unusable, "mx_unusable", 24},
      {reason::host_takes_no_mail, "host_takes_no_mail", 25},
      {reason::mailbox_not_found, "mailbox_not_found", 26},
      {reason::mailbox_disabled, "mailbox_disabled", 27},
      {reason::mailbox_moved, "mailbox_moved", 28},
      {reason::null_sender_refused, "null_sender_refused", 29},
      {reason::not_in_table, "not_in_table", 30},
      {reason::mailbox_full, "mailbox_full", 60},
      {reason::greylisted, "greylisted", 61},
      {reason::try_later, "try_later", 62},
      {reason::prober_blocked, "prober_blocked", 63},
      {reason::refused_other, "refused_other", 64},
      {reason::relay_denied, "relay_denied", 65},
      {reason::tls_required, "tls_required", 66},
      {reason::tls_failed, "tls_failed", 67},
      {reason::connect_failed, "connect_failed", 68},
      {reason::timed_out, "timed_out", 69},
      {reason::connection_lost, "connection_lost", 70},
      {reason::bad_protocol, "bad_protocol", 71},
      {reason::dns_failure, "dns_failure", 72},
      {reason::busy, "busy", 73},
      {reason::pending, "pending", 74},
      {reason::not_asked, "not_asked", 75},
  });
}

TEST(Words, FreezesStage) {
  expect_frozen<stage>({
      {stage::syntax, "syntax", 1},
      {stage::policy, "policy", 2},
      {stage::table, "table", 3},
      {stage::dns, "dns", 4},
      {stage::connect, "connect", 5},
      {stage::greeting, "greeting", 6},
      {stage::ehlo, "ehlo", 7},
      {stage::starttls, "starttls", 8},
      {stage::mail, "mail", 9},
      {stage::rcpt, "rcpt", 10},
  });
}

TEST(Words, FreezesSource) {
  expect_frozen<source>({
      {source::callout, "callout", 1},
      {source::cache, "cache", 2},
      {source::stale, "stale", 3},
      {source::table, "table", 4},
      {source::dns, "dns", 5},
      {source::syntax, "syntax", 6},
      {source::policy, "policy", 7},
  });
}

TEST(Words, FreezesCatchAll) {
  expect_frozen<catch_all>({
      {catch_all::untested, "untested", 0},
      {catch_all::no, "no", 1},
      {catch_all::yes, "yes", 2},
  });
}

TEST(Words, FreezesRole) {
  expect_frozen<role>({
      {role::sender, "sender", 1},
      {role::recipient, "recipient", 2},
  });
}

struct belonging {
  reason why;
  status to;
};

// A fault never becomes a rejection: what is not proof stands under unknown.
TEST(Words, TellTheStatusOfEveryReason) {
  const std::vector<belonging> table{
      {reason::accepted, status::deliverable},
      {reason::catch_all, status::deliverable},
      {reason::in_table, status::deliverable},
      {reason::syntax, status::undeliverable},
      {reason::domain_not_found, status::undeliverable},
      {reason::null_mx, status::undeliverable},
      {reason::no_mail_host, status::undeliverable},
      {reason::mx_unusable, status::undeliverable},
      {reason::host_takes_no_mail, status::undeliverable},
      {reason::mailbox_not_found, status::undeliverable},
      {reason::mailbox_disabled, status::undeliverable},
      {reason::mailbox_moved, status::undeliverable},
      {reason::null_sender_refused, status::undeliverable},
      {reason::not_in_table, status::undeliverable},
      {reason::mailbox_full, status::unknown},
      {reason::greylisted, status::unknown},
      {reason::try_later, status::unknown},
      {reason::prober_blocked, status::unknown},
      {reason::refused_other, status::unknown},
      {reason::relay_denied, status::unknown},
      {reason::tls_required, status::unknown},
      {reason::tls_failed, status::unknown},
      {reason::connect_failed, status::unknown},
      {reason::timed_out, status::unknown},
      {reason::connection_lost, status::unknown},
      {reason::bad_protocol, status::unknown},
      {reason::dns_failure, status::unknown},
      {reason::busy, status::unknown},
      {reason::pending, status::unknown},
      {reason::not_asked, status::unknown},
  };
  std::size_t words = 0;
  for (int number = 0; number < 256; ++number) {
    if (word_from_number<reason>(static_cast<std::uint8_t>(number))) ++words;
  }
  EXPECT_EQ(table.size(), words) << "a reason is missing in the table";
  for (const auto& [why, to] : table) EXPECT_EQ(status_of(why), to) << to_string(why);
}

}  // namespace
}  // namespace cbv
