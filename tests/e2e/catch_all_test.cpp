// Postfix that takes any local-part of its domain.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/e2e/postfix_test.hpp"

namespace cbv::e2e {
namespace {

class CatchAllTest : public postfix_test {
 protected:
  CatchAllTest() { start({"local_recipient_maps =\nluser_relay = ann\n", ""}); }
};

TEST_F(CatchAllTest, AnyMailboxIsAccepted) {
  EXPECT_THAT(ask("ann@example.org"), is_verdict("deliverable", "accepted"));
  EXPECT_THAT(ask("zed@example.org"), is_verdict("deliverable", "accepted"));
}

}  // namespace
}  // namespace cbv::e2e
