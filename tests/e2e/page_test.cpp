// The page of the real daemon in a real browser.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/cbvd.hpp"
#include "tests/e2e/far_world.hpp"
#include "tests/e2e/files.hpp"
#include "tests/e2e/loopback.hpp"
#include "tests/e2e/viewed_page.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

using testing::AllOf;
using testing::Each;
using testing::HasSubstr;
using testing::IsEmpty;

// What eve's host answers would rename the page if any of it became markup.
constexpr auto hostile_reply =
    R"(550 5.1.1 <script>document.title=\"owned\"</script><img src=x onerror=\"document.title='owned'\">&amp;)";
constexpr auto hostile_text =
    R"(<script>document.title="owned"</script><img src=x onerror="document.title='owned'">&amp;)";

constexpr auto world = R"(
zone
  example.org.       300  MX  10 mx1.example.org.
  mx1.example.org.   300  A   {host}
  nomail.example.    300  MX  0 .

host {host} mx1.example.org
  mailbox ann@example.org bob@example.org
  refuse rcpt eve@example.org "{hostile_reply}"
)";

constexpr auto settings = R"(
listen.unix = ["{folder}/socket"]
cache.directory = "{folder}/cache"
dns.servers = ["{dns}"]
callout.helo_name = "edge.example.net"
callout.port = {port}
callout.permit_networks = ["127.0.0.0/8"]
)";

constexpr auto token = "correct-horse-battery-staple";

class PageTest : public testing::Test {
 protected:
  void SetUp() override {
    far_ = std::make_unique<far_world>(
        place_.path(),
        filled_in(world, {{"host", own_address()}, {"hostile_reply", hostile_reply}}));
  }

  /// `listener`: the settings that give it HTTP.
  void start_cbvd(const std::string& listener = "[http]\ntcp = [\"{http}\"]\n") {
    daemon_ = std::make_unique<cbvd>(
        place_.path(), std::string(settings) + listener,
        std::map<std::string, std::string>{{"dns", far_->dns()},
                                           {"port", far_->smtp_port()},
                                           {"http", http_},
                                           {"token_file", place_.inside("token")}});
    page_.open(http_);
  }

  void keep_screenshot(const std::string& name) {
    RecordProperty("screenshot_" + name, page_.keep_screenshot(name));
  }

  /// The console has nothing but lines that match this.
  void expect_complaints_only_of(const std::string& expected) { expected_complaint_ = expected; }

  void TearDown() override {
    const std::vector<std::string> said = browser_.complaints();
    if (expected_complaint_.empty()) {
      EXPECT_THAT(said, IsEmpty()) << "on the page's console";
    } else {
      EXPECT_THAT(said, Each(testing::ContainsRegex(expected_complaint_)));
    }
    if (!HasFailure()) return;
    keep_screenshot("failed");
    if (daemon_) std::cerr << "-- cbvd:\n" << daemon_->log();
    std::cerr << "-- the far host:\n" << read_file(place_.path() / "far.log");
  }

  const temporary_directory place_;
  const std::string http_ = own_listener();
  viewed_page page_{place_.path()};
  browser& browser_ = page_.in();
  std::unique_ptr<far_world> far_;
  std::unique_ptr<cbvd> daemon_;

 private:
  std::string expected_complaint_;
};

TEST_F(PageTest, ShowsWhatIsCounted) {
  start_cbvd();
  for (const char* address : {"ann@example.org", "ann@example.org", "nobody@example.org",
                              "eve@example.org", "info@nomail.example"})
    daemon_->ask(address);
  page_.open(http_);
  page_.wait_for_state("live");
  EXPECT_THAT(page_.row_of("funnel-table", "calls"), testing::ElementsAre("calls", "5", ""));
  EXPECT_THAT(page_.row_of("funnel-table", "cached"),
              testing::ElementsAre("cached", "1", "20.00%"));
  EXPECT_THAT(page_.row_of("reasons-table", "mailbox not found"),
              testing::ElementsAre("mailbox not found", "2", "40.00%"));
  EXPECT_THAT(page_.row_of("reasons-table", "null mx"),
              testing::ElementsAre("null mx", "1", "20.00%"));
  for (const char* scheme : {"light", "dark"}) {
    browser_.set_colours(scheme);
    page_.wait_for_pixels("funnel-chart", "calls");
    page_.wait_for_pixels("funnel-chart", "bad");
    page_.wait_for_pixels("reasons-chart", "bad");
    page_.wait_for_pixels("reasons-chart", "good");
    keep_screenshot(std::string("counted_") + scheme);
  }
}

TEST_F(PageTest, AnAddressIsAskedAboutWithTheKeyboardAlone) {
  start_cbvd();
  page_.ask("nobody@example.org");
  EXPECT_EQ(browser_.evaluate("document.querySelector('.verdict').dataset.status"),
            "undeliverable");
  EXPECT_THAT(page_.text_of("#verdict"),
              AllOf(HasSubstr("undeliverable: mailbox not found"), HasSubstr("RCPT TO"),
                    HasSubstr("mx1.example.org (127."), HasSubstr("550 5.1.1"),
                    HasSubstr("reject: 550 5.1.1"), HasSubstr("Catch-all"), HasSubstr("in clear"),
                    HasSubstr(" UTC")));
  EXPECT_THAT(page_.text_of("#verdict"), HasSubstr("callout"));
  page_.ask("ann@example.org");
  EXPECT_THAT(page_.text_of("#verdict"),
              AllOf(HasSubstr("deliverable: accepted"), HasSubstr("accept: 250")));
  page_.ask("nobody@example.org");
  EXPECT_THAT(page_.text_of("#verdict"), HasSubstr("cache"));
  // From the field to the roles, and with the arrow to the other one.
  for (int i = 0; i < 2; ++i) browser_.type(browser::tab);
  browser_.type(browser::right);
  EXPECT_EQ(browser_.evaluate("document.querySelector('input[name=ask-role]:checked').value"),
            "sender");
  page_.ask("nobody@example.org");
  EXPECT_THAT(page_.text_of("#verdict"), AllOf(HasSubstr("as a sender"), HasSubstr("5.1.8")));
}

TEST_F(PageTest, WhatCannotBeAskedIsSaid) {
  start_cbvd();
  page_.type_question("");
  browser_.wait_until("document.querySelector('.verdict[data-status=error]') !== null");
  EXPECT_THAT(page_.text_of("#verdict"), HasSubstr("Type an address"));
  page_.ask("bob");
  EXPECT_THAT(page_.text_of("#verdict"),
              AllOf(HasSubstr("undeliverable: syntax"), HasSubstr("octet 4")));
}

TEST_F(PageTest, WhatAFarHostSaysIsShownAsTextAndNothingOfItRuns) {
  start_cbvd();
  page_.ask("eve@example.org");
  EXPECT_THAT(page_.text_of("#verdict code"), HasSubstr(hostile_text));
  EXPECT_EQ(browser_.evaluate("document.querySelectorAll('#verdict script, #verdict img').length"),
            "0");
  keep_screenshot("hostile_reply");
  page_.ask("<img/src=x/onerror=document.title='owned'>@example.org");
  EXPECT_THAT(page_.text_of("#verdict"), HasSubstr("onerror"));
  EXPECT_EQ(browser_.evaluate("document.querySelectorAll('img').length"), "0");
  EXPECT_EQ(browser_.evaluate("document.title"), "cbv");
}

// Were our own code to try it, the browser would not let it.
TEST_F(PageTest, TheBrowserRefusesMarkupFromScriptsAndForeignCode) {
  start_cbvd();
  page_.wait_for_state("live");
  EXPECT_THAT(
      browser_.evaluate("(() => { try { document.body.innerHTML = '<b>x</b>'; return 'taken'; }"
                        " catch (failed) { return failed.name; } })()"),
      "TypeError");
  EXPECT_EQ(
      browser_.evaluate("(() => { const made = document.createElement('div');"
                        " made.setAttribute('style', 'width: 7px'); document.body.append(made);"
                        " return made.style.width; })()"),
      "");
  expect_complaints_only_of("Content Security Policy|TrustedHTML");
}

TEST_F(PageTest, FitsATelephoneAndCanBeRead) {
  browser_.resize(360, 740);
  start_cbvd();
  page_.wait_for_state("live");
  page_.ask("eve@example.org");
  for (const char* scheme : {"light", "dark"}) {
    browser_.set_colours(scheme);
    EXPECT_EQ(page_.texts_of_little_contrast(), "") << scheme;
    EXPECT_TRUE(page_.fits_its_width()) << scheme;
    keep_screenshot(std::string("telephone_") + scheme);
  }
}

TEST_F(PageTest, AsksForTheTokenOfItsListenerAndShowsIt) {
  write_file(place_.path() / "token", std::string(token) + '\n');
  start_cbvd(
      "[[listener]]\nprotocol = \"http\"\ntcp = \"{http}\"\n"
      "token_file = \"{token_file}\"\n");
  page_.wait_for_state("locked");
  browser_.wait_until("document.querySelector('#token-form').hidden === false");
  keep_screenshot("token");
  browser_.type("wrong");
  browser_.type(browser::enter);
  browser_.wait_until(
      "document.getElementById('token-text').textContent.includes('not the token')");
  browser_.type(token);
  browser_.type(browser::enter);
  page_.wait_for_state("live");
  EXPECT_EQ(browser_.evaluate("document.querySelector('#token-form').hidden"), "true");
  EXPECT_EQ(browser_.evaluate("document.querySelector('#main').hidden"), "false");
  page_.ask("ann@example.org");
  EXPECT_THAT(page_.text_of("#verdict"), HasSubstr("deliverable: accepted"));
  page_.wait_for_pixels("funnel-chart", "calls");
  EXPECT_EQ(browser_.evaluate("localStorage.length"), "0");
  expect_complaints_only_of("401 .Unauthorized.");
}

TEST_F(PageTest, SaysWhenTheDaemonIsGoneAndGoesOnWhenItIsBack) {
  start_cbvd();
  page_.wait_for_state("live");
  daemon_->kill();
  page_.wait_for_state("lost");
  EXPECT_THAT(page_.text_of("#state"),
              AllOf(HasSubstr("does not answer"), HasSubstr("next try in")));
  daemon_->start();
  page_.wait_for_state("live");
  expect_complaints_only_of("ERR_");
}

}  // namespace
}  // namespace cbv::e2e
