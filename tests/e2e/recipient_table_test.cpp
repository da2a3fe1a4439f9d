// Recipients that a file lists: nobody is asked about them, and the file changes while cbvd runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "tests/e2e/files.hpp"
#include "tests/e2e/postfix_test.hpp"
#include "tests/e2e/process.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

using testing::HasSubstr;

class RecipientTableTest : public postfix_test {
 protected:
  std::filesystem::path list() const { return place_.path() / "recipients"; }

  /// As an administrator should: beside it, and renamed.
  void write_list(const std::string& lines) {
    write_file(place_.path() / "new", lines);
    std::filesystem::rename(place_.path() / "new", list());
  }

  std::string settings(const std::string& more = "") const {
    return "recipients.files = [\"" + list().string() + "\"]\nrecipients.look_every = \"1s\"\n" +
           more;
  }

  void wait_for_log(const std::string& part, std::size_t lines = 1) {
    wait_for(part, [&] { return lines_with(daemon_->log(), part) >= lines; });
  }
};

TEST_F(RecipientTableTest, NobodyIsAskedAboutThoseOfADomainThatIsListed) {
  write_list("zed@example.org\n");
  start({}, settings("server.threads = 3\n"));
  const std::size_t connected = lines_with(far_log(), "connect from");
  for (int i = 0; i < 6; ++i) {  // each on a connection of its own, and so on all threads
    EXPECT_THAT(ask("zed@example.org"), is_verdict("deliverable", "in_table", "table", "table"));
    EXPECT_THAT(ask("ann@example.org"),
                is_verdict("undeliverable", "not_in_table", "table", "table"));
  }
  EXPECT_EQ(lines_with(far_log(), "connect from"), connected);

  write_list("ann@example.org\n");
  wait_for_log("recipients_read", 2);
  EXPECT_THAT(ask("ann@example.org"), is_verdict("deliverable", "in_table", "table", "table"));

  write_list("nobody\n");
  wait_for_log(list().string() + ":1:1: expected a mailbox");
  EXPECT_THAT(ask("ann@example.org"), is_verdict("deliverable", "in_table", "table", "table"))
      << "what was there is in force";
}

TEST_F(RecipientTableTest, WhereItIsNotCompleteTheOthersAreAskedAbout) {
  write_list("zed@example.org\n");
  start({}, settings("recipients.complete = false\n"));
  EXPECT_THAT(ask("zed@example.org"), is_verdict("deliverable", "in_table", "table", "table"));
  EXPECT_THAT(ask("ann@example.org"), is_verdict("deliverable", "accepted"));
}

TEST_F(RecipientTableTest, ATableThatCannotBeReadIsSaidBeforeItStarts) {
  try {
    start({}, settings());
    FAIL() << "it started";
  } catch (const std::exception& failed) {
    EXPECT_THAT(failed.what(), HasSubstr("recipients: No such file or directory"));
  }
}

}  // namespace
}  // namespace cbv::e2e
