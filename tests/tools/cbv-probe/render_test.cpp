#include "tools/cbv-probe/render.hpp"

#include <gtest/gtest.h>

namespace cbv::probe {
namespace {

using namespace std::chrono_literals;

finding refused() {
  finding found;
  found.address = "bob@example.org";
  found.status = status::undeliverable;
  found.reason = "mailbox_not_found";
  found.stage = "rcpt";
  found.source = "callout";
  found.host = "mx1.example.org";
  found.host_ip = "192.0.2.1";
  found.reply = "550 5.1.1 no \"such\" user, sorry";
  found.elapsed_ms = 84;
  return found;
}

TEST(RenderTest, LinesUpTheTable) {
  const table_layout layout{.address_width = 16, .colour = false};
  EXPECT_EQ(table_header(layout),
            "ADDRESS          STATUS        REASON              FROM         MS HOST               "
            "      REPLY");
  EXPECT_EQ(
      table_row(refused(), layout),
      "bob@example.org  undeliverable mailbox_not_found   callout      84 mx1.example.org          "
      "550 5.1.1 no \"such\" user, sorry");
}

TEST(RenderTest, CountsCharactersNotOctets) {
  finding found = refused();
  found.address = "b\xc3\xbcro@example.org";
  EXPECT_EQ(table_row(found, table_layout{.address_width = 17}).find("undeliverable"), 19U);
}

TEST(RenderTest, NeverLetsAnAddressDriveTheTerminal) {
  finding found = refused();
  found.address = "a\x1b[2J@example.org";
  EXPECT_EQ(table_row(found, {}).find('\x1b'), std::string::npos);
}

TEST(RenderTest, QuotesCsvWhereItMust) {
  EXPECT_EQ(csv_row(refused()),
            "bob@example.org,recipient,undeliverable,mailbox_not_found,rcpt,callout,mx1.example."
            "org,192.0.2.1,"
            "\"550 5.1.1 no \"\"such\"\" user, sorry\",84,");
}

TEST(RenderTest, TellsHowTheDialogueWasProtected) {
  finding found = refused();
  found.tls = "TLSv1.3, verified";
  EXPECT_NE(sentence(found).find(" after 84 ms (TLSv1.3, verified): 550"), std::string::npos);
  EXPECT_TRUE(csv_row(found).ends_with(",84,\"TLSv1.3, verified\""));
}

TEST(RenderTest, ShowsRateAndTimeLeft) {
  const progress so_far{.done = 1200, .total = 10000, .elapsed = 4s};
  EXPECT_EQ(progress_line(so_far, 80),
            "  1200/10000 [##..................]  12 %  300/s  0:29 left");
  EXPECT_EQ(progress_line(so_far, 10), "  1200/100");
}

TEST(RenderTest, ShowsProgressBeforeAndAfter) {
  EXPECT_EQ(progress_line(progress{.done = 0, .total = 5}, 80),
            " 0/5 [....................]   0 %");
  const progress all{.done = 5, .total = 5, .elapsed = 1s};
  EXPECT_EQ(progress_line(all, 80), " 5/5 [####################] 100 %  5/s  0:00 left");
}

}  // namespace
}  // namespace cbv::probe
