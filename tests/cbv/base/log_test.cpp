#include "cbv/base/log.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cbv {
namespace {

constexpr std::array severities{severity::debug, severity::info, severity::notice,
                                severity::warning, severity::error};

struct written {
  severity level;
  std::string line;
  friend bool operator==(const written&, const written&) = default;
};

logger capture(severity least, std::vector<written>& lines) {
  return {least, [&lines](severity level, std::string_view line) {
            lines.push_back({level, std::string(line)});
          }};
}

// The one line that an event with the field k makes.
std::string line_with(std::string_view value) {
  std::vector<written> lines;
  capture(severity::info, lines).write(severity::info, "event", {{"k", value}});
  return lines.size() == 1 ? lines[0].line : "not one line";
}

TEST(Log, NamesSeverities) {
  const std::vector<std::string_view> names{"debug", "info", "notice", "warning", "error"};
  for (std::size_t i = 0; i < severities.size(); ++i) EXPECT_EQ(to_string(severities[i]), names[i]);
}

TEST(Log, WritesEventsAtOrAboveItsSeverity) {
  for (std::size_t least = 0; least < severities.size(); ++least) {
    std::vector<written> lines;
    const logger log = capture(severities[least], lines);
    for (std::size_t level = 0; level < severities.size(); ++level) {
      EXPECT_EQ(log.enabled(severities[level]), level >= least);
      log.write(severities[level], "event");
    }
    EXPECT_EQ(lines.size(), severities.size() - least);
    ASSERT_FALSE(lines.empty());
    EXPECT_EQ(lines.front(), (written{severities[least], "event"}));
  }
}

TEST(Log, IsSilentWithoutASink) {
  const logger silent;
  EXPECT_FALSE(silent.enabled(severity::error));
  silent.write(severity::error, "event", {{"k", "v"}});
}

TEST(Log, WritesFieldsInTheirOrder) {
  std::vector<written> lines;
  const std::string host = "mx.example.org";
  capture(severity::debug, lines)
      .write(
          severity::info, "callout_finished",
          {{"host", host}, {"code", 550}, {"octets", std::size_t{7}}, {"left", -1L}, {"a", "b"}});
  const std::vector<written> expected{
      {severity::info, "callout_finished host=mx.example.org code=550 octets=7 left=-1 a=b"}};
  EXPECT_EQ(lines, expected);
}

TEST(Log, QuotesWhatCouldBeMisread) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases{
      {"plain", "event k=plain"},
      {"a=b,c@[d]", "event k=a=b,c@[d]"},
      {"", "event k=\"\""},
      {"two words", "event k=\"two words\""},
      {"a\"b", "event k=\"a\\\"b\""},
      {"a\\b", "event k=\"a\\\\b\""},
      {"a\\\" x=1", "event k=\"a\\\\\\\" x=1\""},
      {"jörg", "event k=\"jörg\""},
      {"\xff", "event k=\"\\xff\""},
      {"\x7f", "event k=\"\\x7f\""},
      {"\t", "event k=\"\\x09\""},
  };
  for (const auto& [value, line] : cases) EXPECT_EQ(line_with(value), line);
}

TEST(Log, CannotBeMadeToWriteASecondLine) {
  EXPECT_EQ(line_with("ok\r\ncallout_finished code=250"),
            "event k=\"ok\\x0d\\x0acallout_finished code=250\"");
  EXPECT_EQ(line_with("a\" code=250 b=\""), "event k=\"a\\\" code=250 b=\\\"\"");
}

}  // namespace
}  // namespace cbv
