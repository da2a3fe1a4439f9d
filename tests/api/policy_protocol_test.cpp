#include "api/policy_protocol.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/ip/address.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/api/edge_talk.hpp"

namespace cbv::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const advice accepted{action::accept, 250, "2.1.5", "Recipient address accepted"};
const advice rejected{action::reject, 550, "5.1.1", "Recipient address rejected: not found"};
const advice deferred{action::defer, 450, "4.1.0", "Recipient address deferred: in progress"};

// As Postfix 3.7 sends it, but for attributes of which there is no need here.
std::string request_of(std::string_view state, std::string_view sender, std::string_view recipient,
                       std::string_view more = "") {
  return "request=smtpd_access_policy\nprotocol_state=" + std::string(state) +
         "\nprotocol_name=ESMTP\nhelo_name=client.example\nqueue_id=\nsender=" +
         std::string(sender) + "\nrecipient=" + std::string(recipient) +
         "\nrecipient_count=0\nclient_address=192.0.2.7\nclient_name=unknown\n"
         "instance=123.456.7\nsize=0\nstress=\n" +
         std::string(more) + "\n";
}

edge_talk talk(std::string_view octets, const advice& given = accepted,
               const policy_options& options = {}, std::size_t piece = 0) {
  policy_protocol spoken(options);
  return talk_to(spoken, octets, piece, given);
}

TEST(PolicyProtocolTest, AsksAboutBothSidesAtRcpt) {
  policy_protocol spoken(policy_options{});
  spoken.receive(request_of("RCPT", "ann@example.net", "bob@example.org"));
  const auto request = spoken.take_request();
  ASSERT_TRUE(request && request->sender && request->recipient);
  EXPECT_EQ(request->instance, "123.456.7");
  EXPECT_EQ(request->sender->address, "ann@example.net");
  EXPECT_EQ(request->sender->role, role::sender);
  EXPECT_EQ(request->recipient->address, "bob@example.org");
  EXPECT_EQ(request->recipient->role, role::recipient);
  for (const query& asked : {*request->sender, *request->recipient}) {
    EXPECT_EQ(asked.client_ip, "192.0.2.7");
    EXPECT_EQ(asked.helo, "client.example");
    EXPECT_FALSE(asked.by_name) << "call-backs are as for an envelope check";
  }
  EXPECT_FALSE(spoken.take_request());
  EXPECT_EQ(spoken.fault(), "");
}

TEST(PolicyProtocolTest, AsksWhatItsSettingsWant) {
  const std::string octets = request_of("RCPT", "ann@example.net", "bob@example.org");
  EXPECT_THAT(talk(octets, accepted, {{}, true, false}).asked,
              ElementsAre("sender ann@example.net"));
  EXPECT_THAT(talk(octets, accepted, {{}, false, true}).asked,
              ElementsAre("recipient bob@example.org"));
}

envelope::question envelope_of(std::string_view sender, std::string_view recipient,
                               std::string_view more = "",
                               const policy_options& with = {{}, true, true, true}) {
  policy_protocol spoken(with);
  spoken.receive(request_of("RCPT", sender, recipient, more));
  const auto request = spoken.take_request();
  EXPECT_TRUE(request && request->envelope && !request->sender && !request->recipient);
  return request && request->envelope ? *request->envelope : envelope::question{};
}

TEST(PolicyProtocolTest, AsksAboutTheWholeEnvelopeWhereThatIsWanted) {
  const auto asked = envelope_of("ann@example.net", "a b@example.org",
                                 "reverse_client_name=dyn.example\nsasl_username=ann\n"
                                 "encryption_protocol=TLSv1.3\n");
  EXPECT_EQ(asked.about.client, boost::asio::ip::make_address("192.0.2.7"));
  EXPECT_EQ(asked.about.client_name, "") << "Postfix's \"unknown\" is no name";
  EXPECT_EQ(asked.about.reverse_client_name, "dyn.example");
  EXPECT_EQ(asked.about.helo, "client.example");
  EXPECT_EQ(asked.about.sender, "ann@example.net");
  EXPECT_EQ(asked.about.recipient, "\"a b\"@example.org");
  EXPECT_EQ(asked.about.instance, "123.456.7");
  EXPECT_TRUE(asked.about.authenticated);
  EXPECT_TRUE(asked.about.tls);
  EXPECT_TRUE(asked.is_sender_whole && asked.is_recipient_whole);
  EXPECT_TRUE(asked.asks_sender && asked.asks_recipient);
}

TEST(PolicyProtocolTest, OfAnEnvelopeWhatPostfixWillCompleteIsNotWhole) {
  auto asked = envelope_of("", "bob", "sasl_username=\nencryption_protocol=\n");
  EXPECT_TRUE(asked.is_sender_whole) << "the null reverse-path is";
  EXPECT_EQ(asked.about.sender, "");
  EXPECT_FALSE(asked.is_recipient_whole);
  EXPECT_FALSE(asked.about.authenticated || asked.about.tls);
  asked = envelope_of("ann@host", "bob@example.org", "", {{}, false, true, true});
  EXPECT_FALSE(asked.is_sender_whole);
  EXPECT_TRUE(asked.is_recipient_whole);
  EXPECT_FALSE(asked.asks_sender);
}

TEST(PolicyProtocolTest, AnswersOtherStatesWithoutAQuestion) {
  for (const auto* state :
       {"CONNECT", "EHLO", "HELO", "MAIL", "DATA", "END-OF-MESSAGE", "VRFY", "ETRN", "", "rcpt"}) {
    const edge_talk was = talk(request_of(state, "ann@example.net", "bob@example.org"), rejected);
    EXPECT_THAT(was.asked, ElementsAre("-")) << state;
    EXPECT_EQ(was.sent, "action=DUNNO\n\n") << state;
  }
}

TEST(PolicyProtocolTest, SaysTheAdviceAsAnAction) {
  const std::string octets = request_of("RCPT", "", "bob@example.org");
  EXPECT_EQ(talk(octets, accepted).sent, "action=DUNNO\n\n");
  EXPECT_EQ(talk(octets, rejected).sent, "action=550 5.1.1 not found\n\n");
  EXPECT_EQ(talk(octets, deferred).sent, "action=DEFER_IF_PERMIT 4.1.0 in progress\n\n");
  advice own = deferred;
  own.code = 451;
  own.text = "Sender address deferred: two\nlines";
  EXPECT_EQ(talk(octets, own).sent, "action=451 4.1.0 Sender address deferred: two lines\n\n");
}

TEST(PolicyProtocolTest, TheNullSenderAndWhatPostfixWillStillCompleteAreNotAskedAbout) {
  EXPECT_THAT(talk(request_of("RCPT", "", "bob@example.org")).asked,
              ElementsAre("recipient bob@example.org"));
  EXPECT_THAT(talk(request_of("RCPT", "", "bob")).asked, ElementsAre("-"));
  EXPECT_THAT(talk(request_of("RCPT", "ann@host", "@a.example:b@example.org")).asked,
              ElementsAre("-"));
}

TEST(PolicyProtocolTest, QuotesAgainWhatPostfixUnquoted) {
  EXPECT_THAT(talk(request_of("RCPT", "a b@example.net", "c@d@example.org")).asked,
              ElementsAre(R"(sender "a b"@example.net)", R"(recipient "c@d"@example.org)"));
}

TEST(PolicyProtocolTest, OfTwoValuesTheFirstCountsAndAValueMayHaveAnEqualsSign) {
  EXPECT_THAT(talk(request_of("RCPT", "", "a=b@example.org", "recipient=c@example.org\n")).asked,
              ElementsAre("recipient a=b@example.org"));
}

TEST(PolicyProtocolTest, NothingOfARequestIsLeftForTheNext) {
  const edge_talk was = talk(request_of("RCPT", "ann@example.net", "bob@example.org") +
                             "request=smtpd_access_policy\nprotocol_state=RCPT\n\n");
  EXPECT_THAT(was.asked, ElementsAre("sender ann@example.net", "recipient bob@example.org", "-"));
}

TEST(PolicyProtocolTest, EverySplitIsTheSame) {
  const std::string octets = request_of("RCPT", "a b@example.net", "bob@example.org") +
                             request_of("DATA", "ann@example.net", "") +
                             request_of("RCPT", "", "c@example.org");
  const edge_talk whole = talk(octets, rejected);
  ASSERT_EQ(whole.asked.size(), 4U);
  for (std::size_t piece = 1; piece < octets.size(); ++piece)
    ASSERT_EQ(talk(octets, rejected, {}, piece), whole) << piece;
  for (std::size_t cut = 1; cut < octets.size(); ++cut) {
    policy_protocol spoken(policy_options{});
    edge_talk first = talk_to(spoken, octets.substr(0, cut), 0, rejected);
    const edge_talk second = talk_to(spoken, octets.substr(cut), 0, rejected);
    ASSERT_EQ(first.sent + second.sent, whole.sent) << cut;
  }
}

TEST(PolicyProtocolTest, SaysNothingBeforeARequestIsWhole) {
  const std::string octets = request_of("RCPT", "ann@example.net", "bob@example.org");
  for (std::size_t cut = 0; cut < octets.size(); ++cut) {
    const edge_talk was = talk(octets.substr(0, cut), rejected);
    ASSERT_EQ(was, edge_talk()) << cut;
  }
}

TEST(PolicyProtocolTest, WhatIsNoRequestEndsTheTalkWithoutAWord) {
  const std::string good = request_of("RCPT", "", "bob@example.org");
  const std::vector<std::string> cases{
      "\n",
      "nonsense\n\n",
      "=x\n\n",
      "request=junk\n\n",
      "protocol_state=RCPT\nrecipient=bob@example.org\n\n",
      "request=smtpd_access_policy\nx=a" + std::string(1, '\0') + "b\n\n",
      "GET / HTTP/1.1\r\n\r\n"};
  for (const std::string& bad : cases) {
    const edge_talk was = talk(good + bad + good, rejected);
    EXPECT_TRUE(was.fault) << bad;
    EXPECT_THAT(was.asked, ElementsAre("recipient bob@example.org")) << bad;
    const edge_talk in_pieces = talk(good + bad + good, rejected, {}, 1);
    EXPECT_EQ(in_pieces, was) << bad;
  }
}

TEST(PolicyProtocolTest, LimitsAreKeptToTheOctet) {
  policy_options options;
  options.limits = {.line_octets_max = 30, .request_octets_max = 100, .attributes_max = 4};
  const std::string head = "request=smtpd_access_policy\n";  // 28
  const auto line = [](std::size_t octets) { return "x=" + std::string(octets - 2, 'y') + "\n"; };
  struct row {
    std::string octets;
    bool fault;
    std::string_view said;
  };
  const std::vector<row> rows{
      {head + line(30) + "\n", false, ""},
      {head + line(31) + "\n", true, "a line of more than 30 octets"},
      {head + std::string(31, 'x'), true, "a line of more than 30 octets"},
      {head + line(30) + line(30) + line(8) + "\n", false, ""},  // 28 + 31 + 31 + 9 + 1
      {head + line(30) + line(30) + line(9) + "\n", true, "a request of more than 100 octets"},
      {head + line(3) + line(3) + line(3) + "\n", false, ""},
      {head + line(3) + line(3) + line(3) + line(3) + "\n", true, "more than 4 attributes"},
  };
  for (const row& each : rows) {
    for (const std::size_t piece : {0, 1, 7}) {
      policy_protocol spoken(options);
      const edge_talk was = talk_to(spoken, each.octets, piece, accepted);
      EXPECT_EQ(was.fault, each.fault) << each.octets;
      EXPECT_EQ(was.sent, each.fault ? "" : "action=DUNNO\n\n") << each.octets;
      EXPECT_EQ(spoken.fault(), each.said);
    }
  }
}

TEST(PolicyProtocolTest, LimitsAreOfEachRequestNotOfAllTogether) {
  policy_options options;
  options.limits = {.line_octets_max = 30, .request_octets_max = 32, .attributes_max = 2};
  const std::string request = "request=smtpd_access_policy\nx=\n\n";
  const edge_talk was = talk(request + request + request, accepted, options);
  EXPECT_FALSE(was.fault);
  EXPECT_EQ(was.asked.size(), 3U);
}

TEST(PolicyProtocolTest, InTroubleThereIsNothingToSay) {
  const policy_protocol spoken(policy_options{});
  EXPECT_EQ(spoken.failure(false), "");
  EXPECT_EQ(spoken.failure(true), "");
}

}  // namespace
}  // namespace cbv::api
