#include "tools/cbvctl/report.hpp"

#include <gtest/gtest.h>

namespace cbv::ctl {
namespace {

TEST(CtlReportTest, ShowsHealthAsLines) {
  const char* health =
      R"({"status":"degraded","store":"failed","store_detail":"disk full","uptime_s":5})";
  EXPECT_EQ(health_lines(health),
            "status: degraded\nstore: failed\nstore_detail: disk full\nuptime_s: 5\n");
  EXPECT_FALSE(is_well(health));
  EXPECT_TRUE(is_well(R"({"status":"ok"})"));
}

TEST(CtlReportTest, NamesWhatNeedsARestart) {
  EXPECT_EQ(reload_lines(R"({"needs_a_restart":[]})"), "settings read\n");
  EXPECT_EQ(reload_lines(R"({"needs_a_restart":["listen.tcp","dns.tries"]})"),
            "settings read\nneeds a restart: listen.tcp\nneeds a restart: dns.tries\n");
}

TEST(CtlReportTest, IsNotUpsetByWhatIsNoReport) {
  for (const char* text : {"", "[]", "5", "{}", R"({"sender":5})"}) {
    EXPECT_FALSE(is_well(text)) << text;
  }
}

}  // namespace
}  // namespace cbv::ctl
