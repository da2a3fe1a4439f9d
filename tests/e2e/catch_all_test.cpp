// Whether a real Postfix takes any local-part of its domain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/postfix_test.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

using testing::AllOf;
using testing::Field;

class CatchAllTest : public postfix_test {
 protected:
  static constexpr auto takes_any = "local_recipient_maps =\nluser_relay = ann\n";
  static constexpr auto answer_waits_for_the_test = "callout.catch_all_test = \"wait\"\n";
};

testing::Matcher<answer> has_catch_all(std::optional<bool> taken) {
  return Field("catch_all", &answer::catch_all, taken);
}

TEST_F(CatchAllTest, ACatchAllIsFoundOut) {
  start({takes_any, ""}, answer_waits_for_the_test);
  EXPECT_THAT(ask("ann@example.org"),
              AllOf(is_verdict("deliverable", "catch_all"), has_catch_all(true)));
  EXPECT_THAT(ask("zed@example.org"),
              AllOf(is_verdict("deliverable", "catch_all"), has_catch_all(true)));
  // One for each question and one for the test, which is made once.
  EXPECT_GE(far_host_->sessions(), 1U);  // and so its log has all lines about them
}

TEST_F(CatchAllTest, AHostThatTakesOnlySomeIsNone) {
  start({}, answer_waits_for_the_test);
  EXPECT_THAT(ask("ann@example.org"),
              AllOf(is_verdict("deliverable", "accepted"), has_catch_all(false)));
  EXPECT_THAT(ask("bob@example.org"),
              AllOf(is_verdict("deliverable", "accepted"), has_catch_all(false)));
  EXPECT_GE(far_host_->sessions(), 1U);  // and so its log has all lines about them
  EXPECT_EQ(lines_with(far_log(), "User unknown in local recipient table"), 1U)
      << "the test is made once";
}

TEST_F(CatchAllTest, UnlessToldToWaitTheAnswerComesFirstAndTheTestBehindIt) {
  start({takes_any, ""});
  EXPECT_THAT(ask("ann@example.org"),
              AllOf(is_verdict("deliverable", "accepted"), has_catch_all(std::nullopt)));
  wait_for("the test behind the answer",
           [this] { return daemon_->ask_memory("ann@example.org").catch_all == true; });
  EXPECT_THAT(ask("zed@example.org"), is_verdict("deliverable", "catch_all"));
}

}  // namespace
}  // namespace cbv::e2e
