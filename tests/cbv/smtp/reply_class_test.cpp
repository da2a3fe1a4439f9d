#include "cbv/smtp/reply_class.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <string>
#include <vector>

namespace cbv::smtp {
namespace {

constexpr reply_context us{"198.51.100.9", "probe.example.net"};

struct specimen {
  std::size_t line = 0;
  stage at = stage::rcpt;
  status what = status::unknown;
  reason why = reason::refused_other;
  std::string text;
  std::string asked;  // empty: not known
};

std::vector<std::string> split(std::string_view text, std::string_view mark) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(mark);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + mark.size());
  }
}

std::vector<specimen> read_corpus() {
  std::vector<specimen> all;
  std::ifstream file(CBV_SOURCE_DIR "/tests/corpus/replies.tsv");
  std::string line;
  for (std::size_t number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line.starts_with('#')) continue;
    const auto fields = split(line, "\t");
    const bool has_all = fields.size() == 4 || fields.size() == 5;
    EXPECT_TRUE(has_all) << "line " << number;
    if (!has_all) continue;
    const auto at = word_from_name<stage>(fields[0]);
    const auto what = word_from_name<status>(fields[1]);
    const auto why = word_from_name<reason>(fields[2]);
    EXPECT_TRUE(at && what && why) << "line " << number << ": " << line;
    if (!at || !what || !why) continue;
    std::string text;
    for (const std::string& part : split(fields[3], "\\n")) text += part + "\r\n";
    all.push_back({number, *at, *what, *why, text, fields.size() == 5 ? fields[4] : ""});
  }
  return all;
}

TEST(ReplyClass, ReadsTheRepliesOfTheField) {
  const auto corpus = read_corpus();
  EXPECT_GE(corpus.size(), 1000U);
  for (const specimen& one : corpus) {
    const auto said = parse_reply(one.text);
    ASSERT_TRUE(said) << "line " << one.line << ": " << one.text;
    reply_context ours = us;
    ours.asked = one.asked;
    const reply_meaning means = classify(one.at, *said, ours);
    EXPECT_EQ(to_string(means.status), to_string(one.what))
        << "line " << one.line << ", rule " << means.rule << ": " << one.text;
    EXPECT_EQ(to_string(means.reason), to_string(one.why))
        << "line " << one.line << ", rule " << means.rule << ": " << one.text;
  }
}

// Where to read on, and whom to ask, is said after anything. Of a few bare wordings ("recipient
// rejected") more words make something else.
TEST(ReplyClass, WhatIsSaidForHelpChangesNothing) {
  for (const char* help :
       {"For more information see https://aka.ms/EXOSmtpErrors",
        "For further information please visit https://support.example.org/errors",
        "Please check the recipient's address and try again.",
        "Please contact your system administrator.",
        "If you believe that this is an error, contact postmaster@example.org.",
        "(in reply to RCPT TO command)", "[mx1.example.org 2025-01-06T03:22:22.000Z 00000564B00B]",
        "See RFC 5321 section 4.2.3 for details.",
        "Contact the recipient by another means (by phone e.g.) to resolve the issue.",
        "For assistance call the help desk."}) {
    std::size_t asked = 0;
    std::size_t changed = 0;
    for (const specimen& one : read_corpus()) {
      if (one.what != status::undeliverable) continue;
      auto said = parse_reply(one.text);
      ASSERT_TRUE(said);
      said->lines.back() += std::string(" ") + help;
      ++asked;
      if (classify(one.at, *said, us).status != status::undeliverable) ++changed;
    }
    EXPECT_LE(changed, asked / 30) << help;
  }
}

// Promise 1: the same words with a 4xx, or before RCPT, prove nothing, whoever said them.
TEST(ReplyClass, NeverRejectsForATransientReplyNorBeforeRcpt) {
  for (const specimen& one : read_corpus()) {
    reply said = *parse_reply(one.text);
    for (const stage at : {stage::greeting, stage::ehlo, stage::starttls, stage::mail}) {
      const reply_meaning means = classify(at, said, us);
      if (at == stage::greeting && means.reason == reason::host_takes_no_mail) {
        EXPECT_TRUE(said.code == 521 || said.code == 556) << one.text;
        continue;
      }
      EXPECT_EQ(means.status, status::unknown) << to_string(at) << ' ' << one.text;
    }
    said.code = 400 + said.code % 100;
    if (said.enhanced) said.enhanced->class_digit = 4;
    for (const stage at : {stage::greeting, stage::ehlo, stage::mail, stage::rcpt}) {
      const reply_meaning means = classify(at, said, us);
      EXPECT_EQ(means.status, status::unknown) << to_string(at) << ' ' << one.text;
      // A setting may judge these two as a rejection; of a 4xx they are never said.
      EXPECT_NE(means.reason, reason::relay_denied) << one.text;
      EXPECT_NE(means.reason, reason::null_sender_refused) << one.text;
    }
  }
}

// Whatever else is said: where our own address or name is quoted, it is about us.
TEST(ReplyClass, IsAboutUsWhereWeAreQuoted) {
  const auto meaning = [](const std::string& text, const reply_context& ours) {
    return classify(stage::rcpt, *parse_reply(text), ours).reason;
  };
  for (const char* quoting :
       {"550 5.1.1 <bob@example.org>: so, 198.51.100.9", "550 5.1.1 [198.51.100.9] no such user",
        "550 5.1.1 no such user (for=198.51.100.9)",
        "550 5.1.1 no such user for probe.example.net.",
        "550 5.1.1 no such user for PROBE.example.NET"}) {
    EXPECT_EQ(meaning(quoting, us), reason::prober_blocked) << quoting;
    EXPECT_EQ(meaning(quoting, {}), reason::mailbox_not_found) << quoting;
  }
  for (const char* other :
       {"550 5.1.1 198.51.100.99", "550 5.1.1 1198.51.100.9", "550 5.1.1 xprobe.example.net",
        "550 5.1.1 probe.example.network", "550 5.1.1 bob@probe.example.net"}) {
    EXPECT_EQ(meaning(other, us), reason::mailbox_not_found) << other;
  }
  const reply_context six{"2001:db8::25", ""};
  EXPECT_EQ(meaning("550 5.1.1 [IPv6:2001:DB8::25] so", six), reason::prober_blocked);
  EXPECT_EQ(meaning("550 5.1.1 [2001:db8::25] so", six), reason::prober_blocked);
  EXPECT_EQ(meaning("550 5.1.1 [2001:db8::251] so", six), reason::mailbox_not_found);
  EXPECT_EQ(meaning("550 5.1.1 [12001:db8::25] so", six), reason::mailbox_not_found);
  const reply_context plain{"", "localhost"};  // no name to be recognised by
  EXPECT_EQ(meaning("550 5.1.1 localhost", plain), reason::mailbox_not_found);
}

// Another address that is unknown, closed or moved says nothing of the one that was asked about.
TEST(ReplyClass, IsAboutTheMailboxThatWasAskedAbout) {
  const auto meaning = [](const std::string& text, std::string_view asked) {
    reply_context ours = us;
    ours.asked = asked;
    return classify(stage::rcpt, *parse_reply(text), ours);
  };
  for (const char* missed :
       {"550 <ann@example.com>: User unknown", "550 5.1.1 <ann@example.com>: no such user",
        "550 5.1.1 <ann@example.com>: Recipient address rejected: User unknown in local recipient "
        "table",
        "550 ann@example.com does not exist", "550 5.1.1 ann@example.com",
        "550 5.2.1 Mailbox ann@example.com is disabled", "550 unknown user ann@example.com"}) {
    EXPECT_EQ(meaning(missed, "bob@example.org").reason, reason::refused_other) << missed;
    EXPECT_EQ(meaning(missed, {}).status, status::undeliverable) << missed;
    EXPECT_EQ(meaning(missed, "Ann@example.COM").status, status::undeliverable) << missed;
    EXPECT_EQ(meaning(missed, "ann@mail.example.com").status, status::undeliverable) << missed;
  }
  for (const char* helped : {"550 5.1.1 User unknown, contact ann@example.com",
                             "550 No such user: postmaster@example.com", "550 bob: unknown user",
                             "550 bob is not known here", "550 User bob is unknown"}) {
    EXPECT_EQ(meaning(helped, "bob@example.org").reason, reason::mailbox_not_found) << helped;
  }
  EXPECT_EQ(meaning("551 User not local; please try <ann@example.com>", "bob@example.org").reason,
            reason::mailbox_moved);
}

TEST(ReplyClass, BlamesTheNullSenderOnlyIfItWasUsed) {
  const reply said = *parse_reply("550 5.7.1 Sender rejected");
  EXPECT_EQ(classify(stage::mail, said, us).reason, reason::null_sender_refused);
  reply_context named = us;
  named.null_sender = false;
  EXPECT_EQ(classify(stage::mail, said, named).reason, reason::prober_blocked);
}

// What comes behind so many words could say that it is about us.
TEST(ReplyClass, RejectsForNoReplyThatIsNotReadToItsEnd) {
  reply said = *parse_reply("550 5.1.1 No such user");
  EXPECT_EQ(classify(stage::rcpt, said, us).status, status::undeliverable);
  said.lines.insert(said.lines.end(), 60, std::string(100, 'x'));
  EXPECT_EQ(classify(stage::rcpt, said, us).status, status::unknown);
  EXPECT_EQ(classify(stage::rcpt, said, us).reason, reason::refused_other);
}

// The rule is named, so that a verdict can be explained.
TEST(ReplyClass, NamesTheRule) {
  EXPECT_EQ(classify(stage::rcpt, *parse_reply("550 No such user")).rule, "no_such_user");
  EXPECT_EQ(classify(stage::rcpt, *parse_reply("250 ok")).rule, "accepted");
}

}  // namespace
}  // namespace cbv::smtp
