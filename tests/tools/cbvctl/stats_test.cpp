#include "tools/cbvctl/stats.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <string>
#include <vector>

#include "tests/tools/cbvctl/counted_2003.hpp"
#include "tools/cbvctl/exit_status.hpp"

namespace cbv::ctl {
namespace {

using testing::HasSubstr;
using testing::StartsWith;
using namespace std::chrono_literals;

/// A daemon that answers with the table of 2003; an older one knows no parameters.
class fake_daemon final : public link {
 public:
  explicit fake_daemon(bool is_older = false) : is_older_(is_older) {}

  std::vector<std::string> ask_all(const std::string& method,
                                   const std::vector<std::string>& params,
                                   bool /*again*/) override {
    asked.push_back(method + ' ' + params.front());
    if (is_older_ && params.front() != "{}")
      throw stopped(exit_usage, "Invalid params: params.by: unknown parameter");
    if (is_older_) return {R"({"sender":{"calls":3},"recipient":{"calls":4}})"};
    return {stats_of_2003()};
  }

  std::vector<std::string> asked;

 private:
  const bool is_older_;
};

stats_options parsed(const std::vector<std::string>& words) {
  stats_options made;
  CLI::App app;
  add_stats_command(app, made);
  app.parse(std::vector<std::string>(words.rbegin(), words.rend()));
  return made;
}

TEST(CtlStats, AsksForMonthsUnlessTold) {
  EXPECT_EQ(stats_params({}), R"({"by":"month"})");
  stats_options asked = parsed({"stats", "--by", "day", "--from", "2026-11", "--to", "2026-11-21"});
  EXPECT_TRUE(asked.is_given);
  EXPECT_EQ(stats_params(asked), R"({"by":"day","from":"2026-11","to":"2026-11-21"})");
}

TEST(CtlStats, TakesSecondsToWatch) {
  EXPECT_FALSE(parsed({"stats"}).watch);
  EXPECT_EQ(parsed({"stats", "--watch"}).watch, 5s);
  EXPECT_EQ(parsed({"stats", "--watch", "2"}).watch, 2s);
  EXPECT_EQ(parsed({"stats", "--watch", "500ms"}).watch, 500ms);
  EXPECT_EQ(parsed({"stats", "--watch", "--top", "7"}).watch, 5s);
  for (const char* text : {"0", "soon", "-1"})
    EXPECT_THROW(parsed({"stats", "--watch", text}), CLI::ParseError) << text;
  EXPECT_THROW(parsed({"stats", "--role", "edge"}), CLI::ParseError);
  EXPECT_THROW(parsed({"stats", "--top", "21"}), CLI::ParseError);
}

TEST(CtlStats, ShowsWhatWasAskedFor) {
  fake_daemon daemon;
  stats_options asked;
  EXPECT_THAT(shown_stats(asked, daemon, 120), StartsWith("recipient, 2003-11-01 00:00"));
  asked.role = "sender";
  EXPECT_THAT(shown_stats(asked, daemon, 120), StartsWith("sender, 2003-11-01 00:00"));
  asked.csv = true;
  EXPECT_THAT(shown_stats(asked, daemon, 120), StartsWith("from,to,role,calls,"));
  asked.csv = false;
  asked.json = true;
  EXPECT_EQ(shown_stats(asked, daemon, 120), stats_of_2003() + '\n');
}

TEST(CtlStats, AnOlderDaemonIsAskedForWhatItHas) {
  fake_daemon daemon(true);
  stats_options asked;
  EXPECT_THAT(shown_stats(asked, daemon, 120), HasSubstr("since the daemon was started"));
  EXPECT_THAT(daemon.asked, testing::ElementsAre(R"(stats {"by":"month"})", "stats {}"));
  asked.by = "day";
  try {
    shown_stats(asked, daemon, 120);
    FAIL() << "it has no days";
  } catch (const stopped& why) {
    EXPECT_EQ(why.status(), exit_software);
    EXPECT_THAT(why.what(), HasSubstr("older than this cbvctl"));
  }
}

}  // namespace
}  // namespace cbv::ctl
