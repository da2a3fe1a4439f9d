#include "tools/cbv-sim/report.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/tools/cbv-sim/dialogue.hpp"

namespace cbv::sim {
namespace {

using nlohmann::json;

class ReportTest : public testing::Test {
 protected:
  // What is reported of one question and of one dialogue in which the client sends a message.
  void run(const report_options& options) {
    report told(options, time_point{},
                [this](std::string_view line) { lines_.emplace_back(line); });
    told.ready({asio::ip::make_address("127.0.0.1"), 5353}, 2525);
    const world made = must_parse("host 127.0.1.1 mx1.example.net\n  mailbox ann@example.net\n");
    dns_answer answer;
    answer.name = "example.net";
    answer.type = dns::record_type::mx;
    answer.wire = "x";
    answer.answers = 1;
    told.asked({answer, asio::ip::make_address("127.0.0.9"), true}, time_point{});
    internet net(made, [&](const event& what) { told.happened(what); });
    const auto address = asio::ip::make_address("127.0.1.1");
    {
      const auto connected = net.connect(address, address, time_point{});
      connected->next(time_point{});
      connected->next(time_point{});
      connected->receive("X\x01\r\nDATA\r\n", time_point{} + std::chrono::milliseconds(1500));
      connected->next(time_point{} + std::chrono::milliseconds(1500));
      connected->hung_up(time_point{} + std::chrono::milliseconds(1500));
    }
    told.summary(net);
  }

  std::vector<std::string> lines_;
};

TEST_F(ReportTest, TellsPeople) {
  run({});
  const std::vector<std::string> expected = {
      "ready dns=127.0.0.1:5353 smtp=2525",
      "   0.000 dns tcp 127.0.0.9 MX example.net NOERROR 1",
      "   0.000 smtp 127.0.1.1 #1 connected from 127.0.1.1",
      "   0.000 smtp 127.0.1.1 #1 S: 220 mx1.example.net ESMTP",
      "   1.500 smtp 127.0.1.1 #1 C: X\\x01",
      "   1.500 smtp 127.0.1.1 #1 FAULT: sent commands ahead, and PIPELINING was not offered",
      "   1.500 smtp 127.0.1.1 #1 S: 500 5.5.2 Error: command not recognized",
      "   1.500 smtp 127.0.1.1 #1 C: DATA",
      "   1.500 smtp 127.0.1.1 #1 FAULT: DATA: a prober must never send a message",
      "   1.500 smtp 127.0.1.1 #1 S: 354 End data with <CR><LF>.<CR><LF>",
      "   1.500 smtp 127.0.1.1 #1 closed: client closed",
      "questions 1 (1 over tcp): NOERROR 1",
      std::string("host                      connected  sessions  accepted  deferred") +
          "   refused     quits   at once    faults",
      std::string("127.0.1.1 mx1.example.net         1         0         0         0") +
          "         0         0         1         2",
      std::string("all                               1         0         0         0") +
          "         0         0         1         2",
  };
  EXPECT_EQ(lines_, expected);
}

TEST_F(ReportTest, IsQuietButForFaults) {
  report_options options;
  options.quiet = true;
  run(options);
  ASSERT_EQ(lines_.size(), 7U);
  EXPECT_NE(lines_[1].find("FAULT"), std::string::npos);
  EXPECT_NE(lines_[2].find("FAULT"), std::string::npos);
  EXPECT_EQ(lines_[3], "questions 1 (1 over tcp): NOERROR 1");
}

TEST_F(ReportTest, TellsPrograms) {
  report_options options;
  options.style = report_style::json;
  run(options);
  ASSERT_EQ(lines_.size(), 12U);
  EXPECT_EQ(json::parse(lines_[0]),
            (json{{"event", "ready"}, {"dns", "127.0.0.1:5353"}, {"smtp", 2525}}));
  EXPECT_EQ(json::parse(lines_[1])["code"], "NOERROR");
  const json heard = json::parse(lines_[4]);
  EXPECT_EQ(heard["event"], "heard");
  EXPECT_EQ(heard["at_ms"], 1500);
  EXPECT_EQ(heard["host"], "mx1.example.net");
  EXPECT_EQ(heard["text"], "X\x01");
  const json summary = json::parse(lines_.back());
  EXPECT_EQ(summary["total"]["faults"], 2);
  EXPECT_EQ(summary["hosts"][0]["address"], "127.0.1.1");
  EXPECT_EQ(summary["questions_by_code"]["NOERROR"], 1);
}

}  // namespace
}  // namespace cbv::sim
