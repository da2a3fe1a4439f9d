// Dovecot with LMTP, over TCP and a unix socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/dialogue.hpp"
#include "tests/e2e/dovecot.hpp"
#include "tests/e2e/loopback.hpp"

namespace cbv::e2e {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

class DovecotTest : public testing::Test {
 protected:
  void TearDown() override {
    if (HasFailure()) std::cerr << "-- Dovecot:\n" << server_.log();
  }

  dovecot server_{own_address(), {"ann@example.org", "bob@example.org"}};
};

void knows_ann_but_not_zed(dialogue talk) {
  EXPECT_THAT(talk.say("LHLO edge.example.net"), HasSubstr("PIPELINING"));
  EXPECT_THAT(talk.say("MAIL FROM:<>"), StartsWith("250 "));
  EXPECT_THAT(talk.say("RCPT TO:<ann@example.org>"), StartsWith("250 2.1.5 "));
  EXPECT_THAT(talk.say("RSET"), StartsWith("250 "));
  EXPECT_THAT(talk.say("MAIL FROM:<>"), StartsWith("250 "));
  EXPECT_THAT(talk.say("RCPT TO:<zed@example.org>"), StartsWith("550 5.1.1 "));
}

TEST_F(DovecotTest, AnswersOverTcp) {
  knows_ann_but_not_zed({server_.address(), server_.port()});
}

TEST_F(DovecotTest, AnswersOverAUnixSocket) {
  knows_ann_but_not_zed(dialogue(server_.socket()));
}

}  // namespace
}  // namespace cbv::e2e
