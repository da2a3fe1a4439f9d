// The page of the real daemon in a real browser.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/e2e/browser.hpp"
#include "tests/e2e/cbvd.hpp"
#include "tests/e2e/files.hpp"
#include "tests/e2e/loopback.hpp"
#include "tests/e2e/process.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

using nlohmann::json;
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
constexpr int pixels_min = 100;  // less than the smallest bar has
constexpr int tabs_max = 60;     // all that can have the focus, and more

class PageTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto world_file = place_.path() / "far.world";
    const auto output = place_.path() / "far.log";
    write_file(world_file,
               filled_in(world, {{"host", own_address()}, {"hostile_reply", hostile_reply}}));
    far_ = std::make_unique<process>(
        std::vector<std::string>{CBV_E2E_CBV_SIM, "--quiet", world_file}, output);
    wait_for("cbv-sim to be ready", [&] {
      std::istringstream first(read_file(output));
      std::string word;
      return first >> word >> dns_ >> far_port_ && word == "ready" && first.peek() == '\n';
    });
  }

  /// `listener`: the settings that give it HTTP.
  void start_cbvd(const std::string& listener = "[http]\ntcp = [\"127.0.0.1:{http_port}\"]\n") {
    daemon_ = std::make_unique<cbvd>(
        place_.path(), std::string(settings) + listener,
        std::map<std::string, std::string>{{"dns", dns_.substr(dns_.find('=') + 1)},
                                           {"port", far_port_.substr(far_port_.find('=') + 1)},
                                           {"http_port", std::to_string(http_port_)},
                                           {"token_file", place_.inside("token")}});
    browser_.open("http://127.0.0.1:" + std::to_string(http_port_) + "/");
  }

  void wait_until_live() { wait_for_state("live"); }
  void wait_for_state(const std::string& state) {
    browser_.wait_until("document.getElementById('state').dataset.state === '" + state + "'");
  }

  std::string text_of(const std::string& selector) {
    return browser_.evaluate("document.querySelector(" + json(selector).dump() + ").innerText");
  }

  /// The texts of a table's row that begins with this.
  std::vector<std::string> row_of(const std::string& table, const std::string& first) {
    return json::parse(
               browser_.evaluate("[...document.querySelectorAll('#" + table +
                                 " tbody tr')].map((row) => [...row.cells].map((cell) => "
                                 "cell.firstChild?.textContent ?? '')).find((row) => row[0] === " +
                                 json(first).dump() + ") ?? []"))
        .get<std::vector<std::string>>();
  }

  /// How many pixels of a chart have exactly this colour of page.css.
  int pixels(const std::string& chart, const std::string& colour) {
    constexpr auto counting = R"((() => {
      const canvas = document.getElementById("CHART");
      const copy = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
      Object.assign(copy.canvas, { width: canvas.width, height: canvas.height });
      copy.drawImage(canvas, 0, 0);
      const { data } = copy.getImageData(0, 0, canvas.width, canvas.height);
      const named = getComputedStyle(document.documentElement).getPropertyValue("--COLOUR").trim();
      const [red, green, blue] = [1, 3, 5].map((at) => parseInt(named.slice(at, at + 2), 16));
      let found = 0;
      for (let at = 0; at < data.length; at += 4) {
        if (data[at] === red && data[at + 1] === green && data[at + 2] === blue && data[at + 3] === 255) found += 1;
      }
      return found;
    })())";
    return std::stoi(
        browser_.evaluate(replaced(replaced(counting, "CHART", chart), "COLOUR", colour)));
  }

  /// Until a chart has been drawn in this colour of page.css.
  void wait_for_pixels(const std::string& chart, const std::string& colour) {
    wait_for(chart + " to be drawn in the colour " + colour,
             [&] { return pixels(chart, colour) > pixels_min; });
  }

  bool page_fits_its_width() {
    return browser_.evaluate(
               "document.scrollingElement.scrollWidth <= window.innerWidth && "
               "[...document.querySelectorAll('.card, table, canvas')].every((one) => "
               "one.getBoundingClientRect().right <= window.innerWidth)") == "true";
  }

  /// With the keyboard alone: from wherever the focus is.
  void type_question(const std::string& address) {
    for (int i = 0; browser_.evaluate("document.activeElement.id") != "address"; ++i) {
      ASSERT_LT(i, tabs_max) << "no way to the field by Tab";
      browser_.type(browser::tab);
    }
    browser_.evaluate("document.activeElement.select()");
    browser_.type(address);
    browser_.type(browser::enter);
  }
  void ask(const std::string& address) {
    type_question(address);
    browser_.wait_until("document.querySelector('.verdict')?.textContent.includes(" +
                        json(address).dump() + ") ?? false");
  }

  void keep_screenshot(const std::string& name) {
    const auto to = std::filesystem::path(CBV_E2E_SCREENSHOTS) / (name + ".png");
    browser_.save_screenshot(to);
    RecordProperty("screenshot_" + name, to.string());
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
  const std::uint16_t http_port_ = free_port("127.0.0.1");
  browser browser_{place_.path()};
  std::unique_ptr<process> far_;
  std::unique_ptr<cbvd> daemon_;

 private:
  std::string dns_;
  std::string far_port_;
  std::string expected_complaint_;
};

TEST_F(PageTest, ShowsWhatIsCounted) {
  start_cbvd();
  for (const char* address : {"ann@example.org", "ann@example.org", "nobody@example.org",
                              "eve@example.org", "info@nomail.example"})
    daemon_->ask(address);
  browser_.open("http://127.0.0.1:" + std::to_string(http_port_) + "/");
  wait_until_live();
  EXPECT_THAT(row_of("funnel-table", "calls"), testing::ElementsAre("calls", "5", ""));
  EXPECT_THAT(row_of("funnel-table", "cached"), testing::ElementsAre("cached", "1", "20.00%"));
  EXPECT_THAT(row_of("reasons-table", "mailbox not found"),
              testing::ElementsAre("mailbox not found", "undeliverable", "2", "40.00%"));
  EXPECT_THAT(row_of("reasons-table", "null mx"),
              testing::ElementsAre("null mx", "undeliverable", "1", "20.00%"));
  for (const char* scheme : {"light", "dark"}) {
    browser_.set_colours(scheme);
    wait_for_pixels("funnel-chart", "calls");
    wait_for_pixels("funnel-chart", "bad");
    wait_for_pixels("reasons-chart", "bad");
    wait_for_pixels("reasons-chart", "good");
    keep_screenshot(std::string("counted_") + scheme);
  }
}

TEST_F(PageTest, AnAddressIsAskedAboutWithTheKeyboardAlone) {
  start_cbvd();
  ask("nobody@example.org");
  EXPECT_EQ(browser_.evaluate("document.querySelector('.verdict').dataset.status"),
            "undeliverable");
  EXPECT_THAT(text_of("#verdict"),
              AllOf(HasSubstr("undeliverable: mailbox not found"), HasSubstr("RCPT TO"),
                    HasSubstr("mx1.example.org (127."), HasSubstr("550 5.1.1"),
                    HasSubstr("reject: 550 5.1.1"), HasSubstr("Catch-all"), HasSubstr("in clear"),
                    HasSubstr(" UTC")));
  EXPECT_THAT(text_of("#verdict"), HasSubstr("callout"));
  ask("ann@example.org");
  EXPECT_THAT(text_of("#verdict"),
              AllOf(HasSubstr("deliverable: accepted"), HasSubstr("accept: 250")));
  ask("nobody@example.org");
  EXPECT_THAT(text_of("#verdict"), HasSubstr("cache"));
  // From the field to the roles, and with the arrow to the other one.
  for (int i = 0; i < 2; ++i) browser_.type(browser::tab);
  browser_.type(browser::right);
  EXPECT_EQ(browser_.evaluate("document.querySelector('input[name=ask-role]:checked').value"),
            "sender");
  ask("nobody@example.org");
  EXPECT_THAT(text_of("#verdict"), AllOf(HasSubstr("as a sender"), HasSubstr("5.1.8")));
}

TEST_F(PageTest, WhatCannotBeAskedIsSaid) {
  start_cbvd();
  type_question("");
  browser_.wait_until("document.querySelector('.verdict[data-status=error]') !== null");
  EXPECT_THAT(text_of("#verdict"), HasSubstr("Type an address"));
  ask("bob");
  EXPECT_THAT(text_of("#verdict"), AllOf(HasSubstr("undeliverable: syntax"), HasSubstr("octet 4")));
}

TEST_F(PageTest, WhatAFarHostSaysIsShownAsTextAndNothingOfItRuns) {
  start_cbvd();
  ask("eve@example.org");
  EXPECT_THAT(text_of("#verdict code"), HasSubstr(hostile_text));
  EXPECT_EQ(browser_.evaluate("document.querySelectorAll('#verdict script, #verdict img').length"),
            "0");
  keep_screenshot("hostile_reply");
  ask("<img/src=x/onerror=document.title='owned'>@example.org");
  EXPECT_THAT(text_of("#verdict"), HasSubstr("onerror"));
  EXPECT_EQ(browser_.evaluate("document.querySelectorAll('img').length"), "0");
  EXPECT_EQ(browser_.evaluate("document.title"), "cbv");
}

// Were our own code to try it, the browser would not let it.
TEST_F(PageTest, TheBrowserRefusesMarkupFromScriptsAndForeignCode) {
  start_cbvd();
  wait_until_live();
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

TEST_F(PageTest, FitsATelephone) {
  browser_.resize(360, 740);
  start_cbvd();
  wait_until_live();
  ask("eve@example.org");
  for (const char* scheme : {"light", "dark"}) {
    browser_.set_colours(scheme);
    EXPECT_TRUE(page_fits_its_width()) << scheme;
    keep_screenshot(std::string("telephone_") + scheme);
  }
}

TEST_F(PageTest, AsksForTheTokenOfItsListenerAndShowsIt) {
  write_file(place_.path() / "token", std::string(token) + '\n');
  start_cbvd(
      "[[listener]]\nprotocol = \"http\"\ntcp = \"127.0.0.1:{http_port}\"\n"
      "token_file = \"{token_file}\"\n");
  wait_for_state("locked");
  browser_.wait_until("document.querySelector('#token-form').hidden === false");
  keep_screenshot("token");
  browser_.evaluate("document.getElementById('token').focus()");
  browser_.type("wrong");
  browser_.type(browser::enter);
  browser_.wait_until(
      "document.getElementById('token-text').textContent.includes('not the token')");
  browser_.type(token);
  browser_.type(browser::enter);
  wait_until_live();
  EXPECT_EQ(browser_.evaluate("document.querySelector('#token-form').hidden"), "true");
  ask("ann@example.org");
  EXPECT_THAT(text_of("#verdict"), HasSubstr("deliverable: accepted"));
  EXPECT_EQ(browser_.evaluate("localStorage.length"), "0");
  expect_complaints_only_of("401 .Unauthorized.");
}

TEST_F(PageTest, SaysWhenTheDaemonIsGoneAndGoesOnWhenItIsBack) {
  start_cbvd();
  wait_until_live();
  daemon_->kill();
  wait_for_state("lost");
  EXPECT_THAT(text_of("#state"), AllOf(HasSubstr("does not answer"), HasSubstr("next try in")));
  daemon_->start();
  wait_until_live();
  expect_complaints_only_of("ERR_");
}

}  // namespace
}  // namespace cbv::e2e
