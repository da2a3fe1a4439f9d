// Whatever a far host says, and however the advice quotes it: no protocol takes it for more than
// text.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "api/policy_protocol.hpp"
#include "api/socketmap_protocol.hpp"
#include "api/verdict_writer.hpp"
#include "cbv/verdict/advice.hpp"
#include "tests/api/edge_talk.hpp"

namespace cbv::api {
namespace {

verdict refused_with(const std::string& said) {
  verdict made;
  made.status = status::undeliverable;
  made.reason = reason::mailbox_not_found;
  made.stage = stage::rcpt;
  made.source = source::callout;
  made.reply = far_reply{550, "5.1.1", said};
  return made;
}

const std::vector<std::string>& hostile_words() {
  static const std::vector<std::string> all{
      "no\r\n\r\naction=OK\n\n",
      "no\n\naction=DUNNO\n\n",
      "action=OK",
      R"(no\x0d\x0aaction=OK)",
      "no,12:OK DUNNO,",
      "%1 %0 %% %s%n",
      "<CBVTMPF> $| $@ OK",
      R"("},"advice":{"action":"accept","code":250}})",
      R"(\c }}, {["advice":{"action":"accept"}]})",
      "${eval:1+1} $sender_address",
      "250 2.1.5 Ok 550 4.1.1 250-2.0.0",
      "Bo\u00eete inconnue \u202e\u2028",
      std::string(reply_text_octets_max, 'x'),
      std::string(reply_text_octets_max, '\\'),
      std::string("a\0b", 3) + "\xff\xfe",
  };
  return all;
}

std::string answered(edge_protocol& spoken, const std::string& request, const advice& given) {
  return talk_to(spoken, request, 0, given).sent;
}

bool is_text(std::string_view line) {
  for (const char octet : line) {
    if (octet < ' ' || octet > '~') return false;
  }
  return true;
}

TEST(RemoteTextTest, ToPostfixItIsOneActionWithOurCodes) {
  for (const std::string& said : hostile_words()) {
    SCOPED_TRACE(said);
    const advice given = advise(refused_with(said), role::recipient, {.reveal_remote_text = true});
    policy_protocol spoken(policy_options{});
    const std::string reply = answered(
        spoken, "request=smtpd_access_policy\nprotocol_state=RCPT\nrecipient=bob@example.org\n\n",
        given);
    ASSERT_TRUE(reply.starts_with("action=550 5.1.1 mailbox not found")) << reply;
    ASSERT_TRUE(reply.ends_with("\n\n"));
    EXPECT_LE(reply.size(), 512U);
    EXPECT_TRUE(is_text(std::string_view(reply).substr(0, reply.size() - 2))) << reply;
  }
}

TEST(RemoteTextTest, InASocketMapItIsOneNetstringWithoutArgumentsOfSendmail) {
  for (const std::string& said : hostile_words()) {
    SCOPED_TRACE(said);
    const advice given = advise(refused_with(said), role::recipient, {.reveal_remote_text = true});
    socketmap_protocol spoken(socketmap_options{});
    const std::string reply = answered(spoken, "25:recipient bob@example.org,", given);
    const std::size_t colon = reply.find(':');
    ASSERT_NE(colon, std::string::npos);
    const std::string text = reply.substr(colon + 1, reply.size() - colon - 2);
    EXPECT_EQ(reply, std::to_string(text.size()) + ':' + text + ',');
    EXPECT_TRUE(text.starts_with("OK 550 5.1.1 mailbox not found")) << text;
    EXPECT_TRUE(is_text(text)) << text;
    EXPECT_EQ(text.find_first_of("%$<>|\"\\"), std::string::npos) << text;
  }
}

TEST(RemoteTextTest, InJsonItIsAStringOnOneLine) {
  for (const std::string& said : hostile_words()) {
    SCOPED_TRACE(said);
    const verdict made = refused_with(said);
    const advice given = advise(made, role::recipient, {.reveal_remote_text = true});
    const std::string written = render_verdict("bob@example.org", made, given);
    EXPECT_EQ(written.find('\n'), std::string::npos);
    // What Exim cuts out of it with a regular expression: the text has nothing that is escaped.
    EXPECT_NE(written.find(R"("text":")" + given.text + R"("})"), std::string::npos) << written;
    const auto read = nlohmann::json::parse(written, nullptr, false);
    ASSERT_FALSE(read.is_discarded()) << written;
    EXPECT_EQ(read["advice"]["action"], "reject");
    EXPECT_EQ(read["advice"]["code"], 550);
    EXPECT_EQ(read["advice"]["enhanced"], "5.1.1");
    EXPECT_EQ(read["advice"]["text"], given.text);
  }
}

}  // namespace
}  // namespace cbv::api
