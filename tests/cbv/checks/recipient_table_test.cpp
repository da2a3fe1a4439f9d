#include "cbv/checks/recipient_table.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cbv::checks {
namespace {

recipient_table table_of(const std::string& text) {
  recipient_table made;
  std::vector<list_fault> wrong;
  read_recipient_text("f", text, made, wrong);
  for (const list_fault& one : wrong) ADD_FAILURE() << to_string(one);
  made.finish();
  return made;
}

constexpr const char* lines =
    "# of example.org\n"
    "bob@example.org\n"
    "  Ann.Smith@Example.ORG   OK, and nobody reads this\r\n"
    "\"odd one\"@example.org\n"
    "\n"
    "postbox@b\xc3\xbc"
    "cher.example\n"
    "@all.example\tOK\n"
    "carl+list@example.net";

struct row {
  const char* address;
  std::optional<reason> complete;  // what is said where the table is complete
  std::optional<reason> in_part;   // and where it is not
};

TEST(RecipientTable, SaysWhoIsThere) {
  const recipient_table table = table_of(lines);
  const row rows[] = {
      {"bob@example.org", reason::in_table, reason::in_table},
      {"BOB@EXAMPLE.org", reason::in_table, reason::in_table},
      {"\"bob\"@example.org", reason::in_table, reason::in_table},
      {"ann.smith@example.org", reason::in_table, reason::in_table},
      {"bob+list@example.org", reason::in_table, reason::in_table},
      {"bob-list@example.org", reason::not_in_table, std::nullopt},
      {"+list@example.org", reason::not_in_table, std::nullopt},
      {"zed@example.org", reason::not_in_table, std::nullopt},
      {"postbox@xn--bcher-kva.example", reason::in_table, reason::in_table},
      {"whoever@all.example", reason::in_table, reason::in_table},
      {"carl+list@example.net", reason::in_table, reason::in_table},
      {"carl@example.net", reason::not_in_table, std::nullopt},
      {"bob@sub.example.org", std::nullopt, std::nullopt},
      {"bob@other.example", std::nullopt, std::nullopt},
  };
  for (const row& one : rows) {
    const mailbox about = *parse_mailbox(one.address);
    const auto reason_of = [](const std::optional<verdict>& told) {
      return told ? std::optional(told->reason) : std::nullopt;
    };
    EXPECT_EQ(reason_of(table.find(about, {true, "+"})), one.complete) << one.address;
    EXPECT_EQ(reason_of(table.find(about, {false, "+"})), one.in_part) << one.address;
  }
  EXPECT_EQ(table.size(), 6U);
}

TEST(RecipientTable, WithoutADelimiterEachIsMeantAsItStands) {
  const recipient_table table = table_of("bob@example.org\n");
  EXPECT_EQ(table.find(*parse_mailbox("bob+list@example.org"), {})->reason, reason::not_in_table);
}

TEST(RecipientTable, ADetailInQuotesIsNone) {
  const recipient_table table = table_of("bob@example.org\n");
  EXPECT_EQ(table.find(*parse_mailbox("\"bob+ x\"@example.org"), {true, "+"})->reason,
            reason::not_in_table);
}

TEST(RecipientTable, AVerdictSaysWhereItIsFrom) {
  const recipient_table table = table_of("bob@example.org\n");
  const verdict bob = *table.find(*parse_mailbox("bob@example.org"), {});
  EXPECT_EQ(bob.status, status::deliverable);
  EXPECT_EQ(bob.stage, stage::table);
  EXPECT_EQ(bob.source, source::table);
  const verdict zed = *table.find(*parse_mailbox("zed@example.org"), {});
  EXPECT_EQ(zed.status, status::undeliverable);
  EXPECT_NE(zed.detail, "");
}

TEST(RecipientTable, WithoutLinesNobodyIsUndeliverable) {
  EXPECT_FALSE(table_of("# nobody\n").find(*parse_mailbox("bob@example.org"), {}));
}

TEST(RecipientTable, CountsWhatIsSaidTwice) {
  const recipient_table table =
      table_of("bob@example.org\nBob@example.org\n@a.example\n@a.example");
  EXPECT_EQ(table.size(), 2U);
  EXPECT_EQ(table.repeated(), 2U);
}

TEST(RecipientTable, SaysWhatIsWrongWithALine) {
  recipient_table table;
  std::vector<list_fault> wrong;
  read_recipient_text("f", "bob@example.org\n  bob\n@\nbob@@example.org OK\n", table, wrong);
  ASSERT_EQ(wrong.size(), 3U);
  EXPECT_THAT(to_string(wrong[0]), testing::StartsWith("f:2:3: expected a mailbox, got \"bob\": "));
  EXPECT_THAT(to_string(wrong[1]),
              testing::StartsWith("f:3:1: expected @ and a domain, got \"@\": "));
  EXPECT_THAT(to_string(wrong[2]), testing::StartsWith("f:4:1: expected a mailbox"));
}

}  // namespace
}  // namespace cbv::checks
