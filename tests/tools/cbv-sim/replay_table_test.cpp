#include "tools/cbv-sim/replay_table.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cbv::sim {
namespace {

const std::string header =
    "month calls skips bad_domain no_mx bad_connects sessions welcome noop helo mail_from "
    "rcpt_to\n";

TEST(ReplayTableTest, ReadsAMonthALine) {
  const auto table = parse_replay_table("# of 2003\n\n  " + header +
                                        "\t2003-11  6834 4204 323 0 583 1981 12 0 1 129 1060\r\n"
                                        "2004-01  4972 3864 218 103 247 843 11 49 0 25 785");
  ASSERT_TRUE(table) << to_string(table.error(), "table");
  ASSERT_EQ(table->size(), 2U);
  const replay_month& first = table->front();
  EXPECT_EQ(first.month, "2003-11");
  EXPECT_EQ(first.line, 4U);
  EXPECT_EQ(first.calls, 6834U);
  EXPECT_EQ(first.skips, 4204U);
  EXPECT_EQ(first.bad_domain, 323U);
  EXPECT_EQ(first.no_mx, 0U);
  EXPECT_EQ(first.bad_connects, 583U);
  EXPECT_EQ(first.sessions, 1981U);
  EXPECT_EQ(first.welcome, 12U);
  EXPECT_EQ(first.noop, 0U);
  EXPECT_EQ(first.helo, 1U);
  EXPECT_EQ(first.mail_from, 129U);
  EXPECT_EQ(first.rcpt_to, 1060U);
  EXPECT_EQ(table->back().no_mx, 103U);
}

TEST(ReplayTableTest, ColumnsMayStandInAnyOrder) {
  const auto table = parse_replay_table(
      "calls rcpt_to mail_from helo noop welcome sessions bad_connects no_mx bad_domain skips "
      "month\n11 10 9 8 7 6 5 4 3 2 1 2003-12\n");
  ASSERT_TRUE(table) << to_string(table.error(), "table");
  EXPECT_EQ(table->front().month, "2003-12");
  EXPECT_EQ(table->front().calls, 11U);
  EXPECT_EQ(table->front().rcpt_to, 10U);
  EXPECT_EQ(table->front().skips, 1U);
}

struct bad_table {
  std::string text;
  std::string says;
};

TEST(ReplayTableTest, SaysWhatIsWrong) {
  const std::string month = "2003-12 0 0 0 0 0 0 0 0 0 0 0\n";
  std::string many = header;
  for (std::size_t i = 0; i <= replay_months_max; ++i) {
    many += std::to_string(1000 + i) + "-01 0 0 0 0 0 0 0 0 0 0 0\n";
  }
  const bad_table cases[] = {
      {"", "t:1: expected a line with the names of the columns"},
      {"# nothing\n", "t:1: expected a line with the names of the columns"},
      {header, "t:1: expected a month below this line"},
      {"month calls\n" + month, "t:1: expected a column skips"},
      {header.substr(6) + month, "t:1: expected a column month"},
      {"month month " + header.substr(6) + month, "t:1: month: expected this column once"},
      {"\nmonth bad\x01 " + header.substr(6) + month, "t:2: 'bad\\x01' is no column of a table"},
      {header + "2003-12 0 0 0 0 0 0 0 0 0 0\n", "t:2: expected 12 cells, not 11"},
      {header + "2003-12 0 0 0 0 0 0 0 0 0 0 0 0\n", "t:2: expected 12 cells, not 13"},
      {header + "2003-13 0 0 0 0 0 0 0 0 0 0 0\n", "t:2: month: expected a month such as 2003-12"},
      {header + "2003-00 0 0 0 0 0 0 0 0 0 0 0\n", "t:2: month: expected a month such as 2003-12"},
      {header + "../../x 0 0 0 0 0 0 0 0 0 0 0\n", "t:2: month: expected a month such as 2003-12"},
      {header + month + "\n" + month, "t:4: month: expected each month once: line 2 has this one"},
      {header + "2003-12 -1 0 0 0 0 0 0 0 0 0 0\n",
       "t:2: calls: expected a number of at most 1000000, not '-1'"},
      {header + "2003-12 0 0 0 0 0 0 0 1x 0 0 0\n",
       "t:2: noop: expected a number of at most 1000000, not '1x'"},
      {header + "2003-12 0 0 0 0 0 1000001 0 0 0 0 0\n",
       "t:2: sessions: expected a number of at most 1000000, not '1000001'"},
      {header + "2003-12 0 0 0 0 0 0 0 0 0 0 99999999999999999999999\n",
       "t:2: rcpt_to: expected a number of at most 1000000"},
      {many, "t:1002: expected at most 1000 months"},
  };
  for (const bad_table& each : cases) {
    const auto table = parse_replay_table(each.text);
    ASSERT_FALSE(table) << each.says;
    const std::string said = to_string(table.error(), "t");
    EXPECT_EQ(said.substr(0, each.says.size()), each.says);
  }
}

TEST(ReplayTableTest, TheLargestCellIsTaken) {
  const auto table = parse_replay_table(header + "2003-12 1000000 0 0 0 0 0 0 0 0 0 0\n");
  ASSERT_TRUE(table) << to_string(table.error(), "table");
  EXPECT_EQ(table->front().calls, replay_cell_max);
}

}  // namespace
}  // namespace cbv::sim
