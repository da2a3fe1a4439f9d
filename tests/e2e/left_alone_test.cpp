// A far host that is not there: left alone, also by a daemon that was started anew, until someone
// says that it is to be forgotten.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/e2e/far_host_test.hpp"
#include "tests/e2e/process.hpp"

namespace cbv::e2e {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class LeftAloneTest : public far_host_test {
 protected:
  /// Nothing listens on that port.
  LeftAloneTest() { start_cbvd(free_port(address_), "self_test.at_start = false\n"); }

  std::string far_log() const override { return "nobody is there"; }

  std::string line_for(const std::string& address) const {
    return daemon_->ask_line(
        R"({"jsonrpc":"2.0","id":1,"method":"verify_recipient","params":{"address":")" + address +
        "\"}}");
  }
};

const auto is_tried = AllOf(HasSubstr("connect_failed"), Not(HasSubstr("not long ago")));
const auto is_left_alone = AllOf(HasSubstr("connect_failed"), HasSubstr("not long ago"));

TEST_F(LeftAloneTest, OverARestartUntilItIsForgotten) {
  EXPECT_THAT(line_for("ann@example.org"), is_tried);
  EXPECT_THAT(line_for("bob@example.org"), is_left_alone);
  EXPECT_EQ(daemon_->stop(), 0);
  daemon_->start();
  EXPECT_THAT(line_for("eve@example.org"), is_left_alone);
  const auto forgotten = run(
      {CBV_E2E_CBVCTL, "--socket", daemon_->socket(), "cache", "forget-host", "mx1.example.org"},
      place_.path());
  EXPECT_EQ(forgotten.exit_status, 0) << forgotten.errors;
  EXPECT_THAT(forgotten.output, HasSubstr("1 host"));
  EXPECT_THAT(line_for("zed@example.org"), is_tried);
}

}  // namespace
}  // namespace cbv::e2e
