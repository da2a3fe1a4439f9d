#include "api/decision_record.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>
#include <string>
#include <vector>

#include "api/logfmt.hpp"

namespace cbv::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

constexpr wall_time noon{std::chrono::seconds(1'795'262'400)};

decision_record sample() {
  envelope::question asked;
  asked.about.client = boost::asio::ip::make_address("198.51.100.7");
  asked.about.helo = "pc.example";
  asked.about.recipient = "bob@example.org";
  asked.about.tls = true;
  envelope::judgement told;
  told.id = "1kjfa2g5m0k7";
  told.given = {action::accept, 250, "2.1.5", "Envelope accepted"};
  told.meant = {action::reject, 550, "5.7.1", "Client \"host\" blocked"};
  told.decided_by = envelope::check::dnsbl;
  told.made = {{envelope::check::skips, checks::outcome::pass, "", {}},
               {envelope::check::helo, checks::outcome::unknown, "no answer", {}},
               {envelope::check::dnsbl, checks::outcome::fail, "listed: it=so \\ \"x\" \xC3\xA4",
                std::chrono::milliseconds(12)}};
  told.elapsed = std::chrono::milliseconds(13);
  return record_of(asked, told, noon);
}

TEST(DecisionRecordTest, ItsLineInLogfmt) {
  EXPECT_EQ(as_logfmt(sample()),
            "time=2026-11-21T12:00:00Z id=1kjfa2g5m0k7 action=accept enforced=reject code=550 "
            "enhanced=5.7.1 text=\"Client \\\"host\\\" blocked\" decided_by=dnsbl "
            "client=198.51.100.7 client_name=\"\" reverse_client_name=\"\" helo=pc.example "
            "sender=<> recipient=bob@example.org instance=\"\" authenticated=no tls=yes pending=no "
            "ms=13 check.skips=pass check.skips.ms=0 check.helo=unknown check.helo.ms=0 "
            "check.helo.evidence=\"no answer\" check.dnsbl=fail check.dnsbl.ms=12 "
            "check.dnsbl.evidence=\"listed: it=so \\\\ \\\"x\\\" \xC3\xA4\"");
}

TEST(DecisionRecordTest, ItsLineInJson) {
  EXPECT_EQ(
      as_json(sample()),
      R"({"time":"2026-11-21T12:00:00Z","id":"1kjfa2g5m0k7","action":"accept","enforced":"reject",)"
      R"("code":550,"enhanced":"5.7.1","text":"Client \"host\" blocked","decided_by":"dnsbl",)"
      R"("client":"198.51.100.7","client_name":null,"reverse_client_name":null,)"
      R"("helo":"pc.example","sender":"<>","recipient":"bob@example.org","instance":null,)"
      R"("authenticated":false,"tls":true,"pending":false,"ms":13,"checks":[)"
      R"({"check":"skips","outcome":"pass","ms":0,"evidence":null},)"
      R"({"check":"helo","outcome":"unknown","ms":0,"evidence":"no answer"},)"
      R"({"check":"dnsbl","outcome":"fail","ms":12,"evidence":"listed: it=so \\ \"x\" )"
      "\xC3\xA4\"}]}");
}

TEST(DecisionRecordTest, WhatWasWrittenIsRead) {
  EXPECT_EQ(read_decision(as_logfmt(sample())), sample());
  EXPECT_EQ(read_decision(as_json(sample())), sample());
  EXPECT_EQ(read_decision("2026-11-21T12:00:00.123+0000 info decided " + as_logfmt(sample())),
            sample());
}

// Far-end text can contain anything: one line stays one line, and comes back as it was.
TEST(DecisionRecordTest, WhateverStrangersSayALineStaysOneLine) {
  std::string all_octets;
  for (int octet = 0; octet < 256; ++octet) all_octets += static_cast<char>(octet);
  for (const std::string& evil :
       {all_octets, std::string("a\nid=1"), std::string("x\r\n{\"id\":1}"),
        std::string("decided time=1 id=2"), std::string("\" recipient=\"x"), std::string("\\"),
        std::string("\\x0a"), std::string(5'000, 'x')}) {
    decision_record one = sample();
    one.helo = evil;
    one.checks[1].evidence = evil;
    for (const std::string& line : {as_logfmt(one), as_json(one)}) {
      EXPECT_EQ(line.find_first_of(std::string_view("\n\r\0", 3)), std::string::npos);
      const auto read = read_decision(line);
      ASSERT_TRUE(read);
      EXPECT_EQ(read->id, one.id);
      EXPECT_EQ(read->recipient, one.recipient);
      EXPECT_EQ(read->checks.size(), 3U);
    }
    EXPECT_EQ(read_decision(as_logfmt(one)), one);
  }
}

TEST(DecisionRecordTest, LongTextsAreCut) {
  envelope::question asked;
  asked.about.helo = std::string(10'000, 'x');
  EXPECT_EQ(record_of(asked, {}, noon).helo.size(), 512U);
}

TEST(DecisionRecordTest, OtherLinesAreNoDecisions) {
  for (const char* line : {"", "nonsense", "{}", "[1]", "{\"id\":1", "time=x", "time=1 id=\"",
                           "info callout_finished mailbox=x", "time=1 id=2 text=\"\\q\" action=x"})
    EXPECT_FALSE(read_decision(line)) << line;
}

TEST(DecisionRecordTest, OfALaterVersionWhatIsKnownIsRead) {
  const auto read = read_decision(
      "time=1 id=2 action=accept colour=blue check.new=fail check.new.ms=3 check.new.more=x word");
  ASSERT_TRUE(read);
  EXPECT_EQ(read->checks, (std::vector<decision_record::made>{{"new", "fail", "3", ""}}));
}

TEST(LogfmtTest, Fields) {
  std::string line;
  append_field(line, "a", "1");
  append_field(line, "b", "");
  append_field(line, "c", "x y=\"z\"");
  EXPECT_EQ(line, "a=1 b=\"\" c=\"x y=\\\"z\\\"\"");
  EXPECT_THAT(*read_fields(line),
              ElementsAre(Pair("a", "1"), Pair("b", ""), Pair("c", "x y=\"z\"")));
  EXPECT_THAT(*read_fields("  a  b=c=d "), ElementsAre(Pair("a", ""), Pair("b", "c=d")));
  for (const char* wrong : {"a=\"", "a=\"x\"y", "a=\"\\q\"", "a=\"\\x0\"", "a=\"\\xgg\""})
    EXPECT_FALSE(read_fields(wrong)) << wrong;
}

}  // namespace
}  // namespace cbv::api
