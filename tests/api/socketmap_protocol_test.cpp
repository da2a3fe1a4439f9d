#include "api/socketmap_protocol.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/api/edge_talk.hpp"

namespace cbv::api {
namespace {

using testing::ElementsAre;

const advice accepted{action::accept, 250, "2.1.5", "Recipient address accepted"};
const advice rejected{action::reject, 550, "5.1.1", "Recipient address rejected: not found"};
const advice deferred{action::defer, 450, "4.1.0", "Recipient address deferred: in progress"};

std::string netstring(std::string_view text) {
  return std::to_string(text.size()) + ":" + std::string(text) + ",";
}

edge_talk talk(std::string_view octets, const advice& given = accepted, std::size_t piece = 0,
               std::size_t octets_max = 10'000) {
  socketmap_protocol spoken(socketmap_options{octets_max});
  return talk_to(spoken, octets, piece, given);
}

TEST(SocketmapProtocolTest, TheMapSaysWhichSideIsAskedAbout) {
  socketmap_protocol spoken(socketmap_options{});
  spoken.receive("22:sender ann@example.net,25:recipient bob@example.org,");
  const auto first = spoken.take_request();
  ASSERT_TRUE(first && first->sender && !first->recipient);
  EXPECT_EQ(first->sender->address, "ann@example.net");
  EXPECT_EQ(first->sender->role, role::sender);
  EXPECT_FALSE(first->sender->by_name);
  const auto second = spoken.take_request();
  ASSERT_TRUE(second && second->recipient && !second->sender);
  EXPECT_EQ(second->recipient->address, "bob@example.org");
  EXPECT_EQ(second->recipient->role, role::recipient);
  EXPECT_FALSE(second->recipient->by_name);
  EXPECT_FALSE(spoken.take_request());
}

TEST(SocketmapProtocolTest, FoundIsAnActionForAnAccessTable) {
  const std::string octets = netstring("recipient bob@example.org");
  EXPECT_EQ(talk(octets, accepted).sent, "8:OK DUNNO,");
  EXPECT_EQ(talk(octets, rejected).sent, netstring("OK 550 5.1.1 not found"));
  EXPECT_EQ(talk(octets, deferred).sent, netstring("OK 450 4.1.0 in progress"));
}

TEST(SocketmapProtocolTest, TheTextIsWithoutWhatTheMtaSaysItself) {
  const std::string octets = netstring("sender ann@example.net");
  const advice sender{action::reject, 550, "5.1.8", "Sender address rejected: not found"};
  EXPECT_EQ(talk(octets, sender).sent, netstring("OK 550 5.1.8 not found"));
  const advice own{action::reject, 550, "5.1.8", "Sender address is not nice"};
  EXPECT_EQ(talk(octets, own).sent, netstring("OK 550 5.1.8 Sender address is not nice"));
}

TEST(SocketmapProtocolTest, KeysAreAddressesInEitherSpelling) {
  const std::vector<std::pair<std::string_view, std::string_view>> rows{
      {"bob@example.org", "bob@example.org"},           {"<bob@example.org>", "bob@example.org"},
      {"<bob@example.org.>", "bob@example.org"},        {"a b@example.org", R"("a b"@example.org)"},
      {R"("a b"@example.org)", R"("a b"@example.org)"},
  };
  for (const auto& [key, asked] : rows) {
    EXPECT_THAT(talk(netstring("recipient " + std::string(key))).asked,
                ElementsAre("recipient " + std::string(asked)));
  }
}

TEST(SocketmapProtocolTest, PartsOfAddressesAreNotFound) {
  for (const auto* key :
       {"", "<>", "<", ">", "example.org", "bob@", "bob", "@example.org", "org"}) {
    EXPECT_EQ(talk(netstring("recipient " + std::string(key)), rejected).sent, "9:NOTFOUND ,")
        << key;
  }
}

TEST(SocketmapProtocolTest, AnotherMapIsAPermanentError) {
  EXPECT_EQ(talk(netstring("cbv bob@example.org")).sent,
            netstring("PERM there is no map cbv, only sender and recipient"));
  EXPECT_EQ(talk(netstring("\xFF\n" + std::string(100, 'x') + " k")).sent,
            netstring("PERM there is no map \\xff\\x0a" + std::string(62, 'x') +
                      ", only sender and recipient"));
  EXPECT_EQ(talk(netstring("recipient")).sent, netstring("PERM expected a map and a key"));
  EXPECT_EQ(talk("0:,").sent, netstring("PERM expected a map and a key"));
}

TEST(SocketmapProtocolTest, EverySplitIsTheSame) {
  const std::string octets = netstring("recipient bob@example.org") + netstring("sender a b@c.d") +
                             netstring("x y") + netstring("recipient org");
  const edge_talk whole = talk(octets, rejected);
  ASSERT_EQ(whole.asked.size(), 4U);
  for (std::size_t piece = 1; piece < octets.size(); ++piece)
    ASSERT_EQ(talk(octets, rejected, piece), whole) << piece;
  for (std::size_t cut = 1; cut < octets.size(); ++cut) {
    socketmap_protocol spoken(socketmap_options{});
    const edge_talk first = talk_to(spoken, octets.substr(0, cut), 0, rejected);
    const edge_talk second = talk_to(spoken, octets.substr(cut), 0, rejected);
    ASSERT_EQ(first.sent + second.sent, whole.sent) << cut;
  }
}

TEST(SocketmapProtocolTest, WhatIsNoNetstringEndsTheTalkWithoutAWord) {
  const std::string good = netstring("recipient bob@example.org");
  for (const auto* bad : {":x,", "x", "-1:x,", "03:a b,", "00:,", "3:a bc", "3 :a b,", " 3:a b,",
                          "3:a b\n", "99999999999999999999999999:", "10001:"}) {
    const edge_talk was = talk(good + bad + good, rejected);
    EXPECT_TRUE(was.fault) << bad;
    EXPECT_THAT(was.asked, ElementsAre("recipient bob@example.org")) << bad;
    EXPECT_EQ(talk(good + bad + good, rejected, 1), was) << bad;
  }
}

TEST(SocketmapProtocolTest, TheLimitIsKeptToTheOctet) {
  const std::string most = netstring("recipient " + std::string(90, 'x'));
  EXPECT_FALSE(talk(most, accepted, 0, 100).fault);
  EXPECT_EQ(talk(most, accepted, 1, 100).sent, "9:NOTFOUND ,");
  EXPECT_TRUE(talk("101:", accepted, 0, 100).fault) << "before the octets are there";
}

TEST(SocketmapProtocolTest, InTroubleTheErrorIsATemporaryOne) {
  const socketmap_protocol spoken(socketmap_options{});
  EXPECT_EQ(spoken.failure(false), "24:TEMP the question failed,");
  EXPECT_EQ(spoken.failure(true), "25:TIMEOUT no answer in time,");
}

}  // namespace
}  // namespace cbv::api
