// The table of 2003, counted again: a cbvd that is asked over its socket, a name server and mail
// hosts on real sockets. tools/replay-2003 drives them, as a person would.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/e2e/files.hpp"
#include "tests/e2e/process.hpp"

namespace cbv::e2e {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;

class ReplayTest : public testing::Test {
 protected:
  finished_command replay(std::vector<std::string> arguments) {
    const auto programs = std::filesystem::path(CBV_E2E_CBVD).parent_path();
    arguments.insert(arguments.begin(), {CBV_REPLAY, "--programs", programs});
    return run(arguments, place_.path());
  }

  temporary_directory place_;
};

TEST_F(ReplayTest, EveryCellOfTheTableIsCountedAndTheCacheSavesCallouts) {
  const auto finished = replay({"--repeated", "2000"});
  EXPECT_EQ(finished.exit_status, 0) << finished.output << finished.errors;
  EXPECT_THAT(finished.output, Not(HasSubstr("DIFFERENT")));
  EXPECT_THAT(finished.output, HasSubstr("Every cell is equal."));
  EXPECT_THAT(finished.output,
              AllOf(ContainsRegex("calls +6834 +6834\n"), ContainsRegex("no_mx +829 +829\n"),
                    ContainsRegex("bad_connects +6749 +6749\n"),
                    ContainsRegex("mail_from +885 +885 +4\\.40 % +4\\.40 %\n"),
                    ContainsRegex("rcpt_to +15374 +15374 +76\\.39 % +76\\.39 %\n"),
                    ContainsRegex("rcpt_to +785 +785 +93\\.12 % +93\\.12 %\n")));
  EXPECT_THAT(finished.output, ContainsRegex("calls +2000 +2000\n"));
  EXPECT_THAT(finished.output, ContainsRegex("cached +0 +[1-9][0-9]{3}\n"));
  EXPECT_EQ(finished.errors, "");
}

TEST_F(ReplayTest, ATableThatNoCallsCanHaveComeToIsRefused) {
  const auto table = place_.path() / "other.table";
  write_file(table,
             "month calls skips bad_domain no_mx bad_connects sessions welcome noop helo mail_from "
             "rcpt_to\n2003-12 10 0 0 0 0 11 0 0 0 0 0\n");
  const auto finished = replay({table});
  EXPECT_EQ(finished.exit_status, 65) << finished.output;
  EXPECT_THAT(finished.errors, HasSubstr("other.table:2: sessions: expected at most 10"));
}

}  // namespace
}  // namespace cbv::e2e
