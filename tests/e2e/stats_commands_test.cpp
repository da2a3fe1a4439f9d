// cbvctl stats, end to end: once, as CSV, and watching a daemon that goes and comes back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/files.hpp"
#include "tests/e2e/postfix_test.hpp"
#include "tests/e2e/process.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

std::string fifty_days_ago() {
  const std::time_t then = std::time(nullptr) - std::time_t{50} * 24 * 3600;
  std::tm parts{};
  std::array<char, 16> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%d", gmtime_r(&then, &parts));
  return text.data();
}

class StatsCommandsTest : public postfix_test {
 protected:
  void start_and_ask() {
    start();
    EXPECT_EQ(daemon_->ask("ann@example.org").status, "deliverable");
    EXPECT_EQ(daemon_->ask("ann@example.org").source, "cache");
    EXPECT_EQ(daemon_->ask("zed@example.org").status, "undeliverable");
  }
  std::vector<std::string> words(const std::vector<std::string>& more) const {
    std::vector<std::string> all{CBV_E2E_CBVCTL, "--socket", daemon_->socket(), "stats"};
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }
  finished_command ctl(const std::vector<std::string>& more) {
    return run(words(more), place_.path());
  }
};

TEST_F(StatsCommandsTest, ShowWhatWasCounted) {
  start_and_ask();
  const finished_command shown = ctl({});
  EXPECT_EQ(shown.exit_status, 0) << shown.errors;
  EXPECT_THAT(shown.output, ContainsRegex("\nmonth +calls +skips +bad_domain +no_mx +bad_connects "
                                          "+sessions +welcome +noop +helo +mail_from +rcpt_to\n"));
  EXPECT_THAT(shown.output, ContainsRegex("\n(total|[0-9]{4}-[0-9]{2}) +3 +0 +0 "));
  EXPECT_THAT(shown.output, HasSubstr("\nanswered    cached 1 (33.33 %)"));
  EXPECT_THAT(shown.output, HasSubstr("mailbox_not_found 1 (33.33 %)"));
  EXPECT_THAT(shown.output, HasSubstr("\nnothing was asked\n")) << "of senders";
  const finished_command values = ctl({"--csv", "--by", "total", "--role", "recipient"});
  EXPECT_THAT(values.output, StartsWith("from,to,role,calls,skips,cached,"));
  EXPECT_THAT(values.output, HasSubstr(",recipient,3,0,1,"));
  EXPECT_EQ(nlohmann::json::parse(ctl({"--json"}).output)["recipient"]["calls"], 3);
  const finished_command hours =
      ctl({"--csv", "--by", "hour", "--role", "recipient", "--from", fifty_days_ago()});
  EXPECT_EQ(hours.exit_status, 0) << hours.errors;
  EXPECT_GT(std::count(hours.output.begin(), hours.output.end(), '\n'), 50 * 24);
  const finished_command wrong = ctl({"--from", "yesterday"});
  EXPECT_EQ(wrong.exit_status, 64);
  EXPECT_THAT(wrong.errors, HasSubstr("params.from: expected a time such as 2026-11-21T10:00:00Z"));
}

TEST_F(StatsCommandsTest, GoOnWatchingWhileTheDaemonIsAway) {
  start_and_ask();
  const auto output = place_.path() / "watched";
  process watching(words({"--watch", "50ms", "--role", "recipient"}), output);
  const auto blocks = [&output] { return lines_with(read_file(output), "recipient, "); };
  wait_for("two blocks", [&] { return blocks() >= 2; });
  daemon_->stop();
  wait_for("it to miss the daemon",
           [&output] { return read_file(output).find("; trying again\n") != std::string::npos; });
  const std::size_t before = blocks();
  daemon_->start();
  wait_for("it to find the daemon again", [&] { return blocks() > before; });
  watching.signal(SIGINT);
  EXPECT_EQ(watching.exit_status(), 0);
  EXPECT_TRUE(read_file(output).ends_with("\n")) << "a whole block";
}

}  // namespace
}  // namespace cbv::e2e
