// What the cache remembers, as people read it.
#include "tools/cbvctl/cache_text.hpp"

#include <gtest/gtest.h>

#include <string>

#include "api/verdict_json.hpp"

namespace cbv::ctl {
namespace {

const wall_time now = *api::parse_rfc3339("2026-11-21T12:00:00Z");

const std::string bob =
    R"({"table":"verdicts","role":"recipient","address":"bob@example.org","status":"undeliverable",)"
    R"("reason":"mailbox_not_found","stage":"rcpt","source":"callout","catch_all":null,"failures":3,)"
    R"("disputed_by":"mailbox_full","host":"mx1.example.org","host_ip":"192.0.2.1",)"
    R"("tls":{"protocol":"TLSv1.3","verified":false},)"
    R"("reply":{"code":550,"enhanced":"5.1.1","text":"no\u001b[2J such user"},"detail":null,)"
    R"("checked_at":"2026-11-21T11:00:00Z","refresh_at":"2026-11-21T14:00:00Z",)"
    R"("expires_at":"2026-11-22T12:00:00Z","elapsed_ms":84})";

TEST(CacheTextTest, DistancesAreInTheUnitThatFits) {
  const struct {
    int seconds;
    const char* text;
  } cases[] = {{0, "now"},          {1, "in 1 s"},          {-1, "1 s ago"},  {119, "in 119 s"},
               {120, "in 2 min"},   {-7199, "119 min ago"}, {7200, "in 2 h"}, {172'799, "in 47 h"},
               {172'800, "in 2 d"}, {-864'000, "10 d ago"}};
  for (const auto& [seconds, text] : cases) {
    EXPECT_EQ(from_now(now + std::chrono::seconds(seconds), now), text);
  }
}

TEST(CacheTextTest, AVerdictIsShownWithAllThatIsKnown) {
  EXPECT_EQ(record_text(bob, now),
            "bob@example.org as recipient: undeliverable, mailbox_not_found\n"
            "  decided at  rcpt, from callout\n"
            "  host        mx1.example.org [192.0.2.1]\n"
            "  tls         TLSv1.3, not verified\n"
            "  reply       550 5.1.1 no\\x1b[2J such user\n"
            "  catch-all   not known\n"
            "  failures    3 in a row\n"
            "  disputed    refused once since, mailbox_full\n"
            "  checked     2026-11-21T11:00:00Z (60 min ago)\n"
            "  refresh     2026-11-21T14:00:00Z (in 2 h)\n"
            "  expires     2026-11-22T12:00:00Z (in 24 h)\n"
            "  took        84 ms\n");
  EXPECT_EQ(record_line(bob, now),
            "bob@example.org  recipient  undeliverable  mailbox_not_found  checked 60 min ago  "
            "expires in 24 h  mx1.example.org [192.0.2.1]  550 5.1.1 no\\x1b[2J such user");
}

TEST(CacheTextTest, TheOtherTablesAreShown) {
  const struct {
    const char* record;
    const char* line;
  } cases[] = {
      {R"({"table":"domains","role":"sender","domain":"example.org","catch_all":true,)"
       R"("catch_all_at":"2026-11-21T11:00:00Z","catch_all_tested_at":null,)"
       R"("null_sender_refused_at":null})",
       "the domain example.org for a sender; catch-all yes: it takes any local-part; found out "
       "2026-11-21T11:00:00Z (60 min ago)"},
      {R"({"table":"bookings","role":"sender","address":"Grey@example.org",)"
       R"("due_at":"2026-11-21T12:05:00Z","tries":1})",
       "a re-probe of Grey@example.org as sender; due 2026-11-21T12:05:00Z (in 5 min); tries 1"},
      {R"({"table":"hosts","host_ip":"192.0.2.1","unreachable":null,"refused":)"
       R"({"since":"2026-11-21T11:00:00Z","last":"2026-11-21T11:58:00Z",)"
       R"("until":"2026-11-21T12:03:00Z","in_a_row":2,"said":"421 go away"}})",
       "the host 192.0.2.1; refused 2 in a row, since 2026-11-21T11:00:00Z; last "
       "2026-11-21T11:58:00Z (2 min ago); left alone until 2026-11-21T12:03:00Z (in 3 min); it "
       "said 421 go away"},
      {R"({"table":"verdicts","damaged":true,"name":"bob@example.org, sender","key":"00",)"
       R"("size":7})",
       "damaged: bob@example.org, sender in verdicts, 7 octets"},
  };
  for (const auto& [record, line] : cases) EXPECT_EQ(record_line(record, now), line);
}

TEST(CacheTextTest, CountsAreWords) {
  EXPECT_EQ(forgotten_text(R"({"verdicts":3,"domains":1,"bookings":0,"hosts":0})"),
            "3 verdicts, 1 domain");
  EXPECT_EQ(forgotten_text(R"({"verdicts":0})"), "nothing");
  EXPECT_EQ(cache_stats_lines(R"({"verdicts":12,"used_octets":2097152})"),
            "verdicts        12\nused_octets     2MiB\n");
}

TEST(CacheTextTest, IsNotUpsetByWhatIsNoRecord) {
  for (const char* text : {"", "[]", "5", "{}", R"({"table":5})", R"({"table":"verdicts"})"}) {
    record_text(text, now);
    record_line(text, now);
    EXPECT_EQ(forgotten_text(text), "nothing") << text;
  }
}

}  // namespace
}  // namespace cbv::ctl
