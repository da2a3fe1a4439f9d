#include "tools/cbvd/settings_route.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>

#include "tests/temporary_folder.hpp"
#include "tools/cbvd/settings.hpp"
#include "tools/cbvd/settings_file.hpp"

namespace cbv::cbvd {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::Not;

class SettingsRouteTest : public testing::Test {
 protected:
  /// All complaints about `toml`, a line each; the routes are in `table_`.
  std::string complaints(const std::string& toml) {
    std::string text;
    for (const complaint& one : read_settings(toml, {}, {route_list(table_)}))
      text += to_string(one, "f") + '\n';
    return text;
  }

  std::string password_file(const std::string& content) {
    const std::string path = folder_.inside("password");
    std::ofstream(path) << content;
    return path;
  }

  const callout::route* find(const char* of) const { return table_.find(*domain::parse(of)); }

  temporary_folder folder_;
  callout::routes table_;
};

TEST_F(SettingsRouteTest, ReachTheRoute) {
  EXPECT_EQ(complaints(R"(
[[route]]
domain = "Example.org"
to = ["smtp://mail.example.org", "smtp://[2001:db8::1]:2525"]
tls = "verify"
user = "cbv"
password = "secret"
mail_from = "<>"
connections_max = 3
waiting_max = 4
sessions_per_minute = 5
refusals_per_minute = 6
rcpts_per_session = 7
refusals_per_session = 8
idle = "9s"
backup_mx = true
recipient_delimiter = "+"
[[route]]
domains = ["*.example.org", "*"]
to = ["lmtp+unix:/run/lmtp"]
)"),
            "");
  EXPECT_EQ(table_.size(), 3U);
  const callout::route* one = find("example.org");
  ASSERT_NE(one, nullptr);
  EXPECT_EQ(one->domain, "example.org");
  ASSERT_EQ(one->to.size(), 2U);
  EXPECT_EQ(to_string(one->to[1]), "smtp://[2001:db8::1]:2525");
  EXPECT_EQ(one->tls, smtp::tls_policy::verify);
  EXPECT_EQ(one->auth, (callout::credentials{"cbv", "secret"}));
  ASSERT_TRUE(one->mail_from);
  EXPECT_FALSE(*one->mail_from) << "the null reverse-path";
  EXPECT_EQ(one->limits.connections_max, 3U);
  EXPECT_EQ(one->limits.waiting_max, 4U);
  EXPECT_EQ(one->limits.sessions_per_minute, 5U);
  EXPECT_EQ(one->limits.refusals_per_minute, 6U);
  EXPECT_EQ(one->limits.rcpts_per_session, 7U);
  EXPECT_EQ(one->limits.refusals_per_session, 8U);
  EXPECT_EQ(one->limits.idle, 9s);
  EXPECT_TRUE(one->backup_mx);
  EXPECT_EQ(one->recipient_delimiter, "+");

  const callout::route* other = find("other.example");
  ASSERT_NE(other, nullptr);
  EXPECT_EQ(other->domain, "*");
  EXPECT_EQ(find("a.example.org")->domain, "*.example.org");
  EXPECT_EQ(other->tls, smtp::tls_policy::may);
  EXPECT_FALSE(other->auth);
  EXPECT_FALSE(other->mail_from) << "as for all other callouts";
  EXPECT_FALSE(other->backup_mx);
  EXPECT_EQ(other->limits.connections_max, callout::own_server_limits.connections_max);
}

TEST_F(SettingsRouteTest, TakeAPasswordFromAFile) {
  for (const char* content : {"secret", "secret\n", "secret\r\n", "secret\nand more\n"}) {
    table_ = {};
    EXPECT_EQ(complaints("[[route]]\ndomain = \"a.test\"\nto = [\"smtp://b\"]\nuser = \"u\"\n"
                         "password_file = \"" +
                         password_file(content) + "\""),
              "");
    ASSERT_NE(find("a.test"), nullptr) << content;
    EXPECT_EQ(find("a.test")->auth, (callout::credentials{"u", "secret"})) << content;
  }
}

TEST_F(SettingsRouteTest, SayWhatIsWrongAndWhere) {
  const std::string good = "[[route]]\ndomain = \"a.test\"\nto = [\"smtp://b\"]\n";
  struct row {
    std::string line;
    const char* says;
  };
  for (const row& one : {
           row{"domian = \"b.test\"",
               "f:4:1: route.domian: there is no such setting; did you mean "
               "route.domain?"},
           row{"tls = 1",
               "f:4:7: route.tls: expected one of \"never\", \"may\", \"need\", "
               "\"verify\", got a whole number"},
           row{"backup_mx = \"yes\"", "f:4:13: route.backup_mx: expected true or false"},
           row{"connections_max = 0", "f:4:19: route.connections_max: expected a whole number"},
           row{"mail_from = \"nobody\"", "f:4:13: route.mail_from: expected an address"},
           row{"recipient_delimiter = \"x\"", "f:4:23: route.recipient_delimiter: expected"},
           row{"recipient_delimiter = \"+++++++++\"", "too many"},
           row{"user = \"\"", "nothing is there"},
           row{"password_file = \"secret\"", "it does not begin with /"},
           // Of the table as a whole.
           row{"domains = [\"b.test\"]", "f:1:1: route.domain: expected domain or domains, got"},
           row{"user = \"u\"", "f:1:1: route.user: expected user and password"},
           row{"password = \"p\"", "f:1:1: route.user: expected user and password"},
           row{"tls = \"never\"\nuser = \"u\"\npassword = \"p\"",
               "f:1:1: route.user: expected tls"},
           row{"user = \"u\"\npassword_file = \"/nonexistent/file\"",
               "route.password_file: expected a file that can be read, got /nonexistent/file"},
           row{"user = \"u\"\npassword = \"p\"\npassword_file = \"/nonexistent/file\"",
               "route.password_file: expected no password beside it"},
           row{"[[route]]\ndomain = \"A.test\"\nto = [\"smtp://b\"]",
               "f:4:1: route.domain: expected one route for a.test, got two"},
           row{"[[route]]\ndomains = [\"b.test\", \"B.test\"]\nto = [\"smtp://b\"]",
               "f:4:1: route.domain: expected one route for b.test, got two"},
           row{"[[route]]\ndomain = \"b.test\"", "f:4:1: route.to: expected at least one server"},
           row{"[[route]]\nto = [\"smtp://b\"]", "f:4:1: route.domain: expected at least one"},
           row{"[[route]]\ndomain = \"b.test\"\nto = [\"lmtp://b\"]",
               "f:6:6: route.to: expected a list of texts, each smtp://HOST"},
           row{"[[route]]\ndomain = \"b.test\"\nto = [\"lmtp+unix:/x\"]\ntls = \"need\"",
               "f:4:1: route.tls: expected never or may"},
       }) {
    table_ = {};
    const std::string wrong = complaints(good + one.line + '\n');
    EXPECT_THAT(wrong, HasSubstr(one.says));
    EXPECT_EQ(std::count(wrong.begin(), wrong.end(), '\n'), 1) << wrong;
  }
}

TEST_F(SettingsRouteTest, NeverShowAPassword) {
  const std::string route = "[[route]]\ndomain = \"a.test\"\nto = [\"smtp://b\"]\nuser = \"u\"\n";
  const std::string secret(300, 's');
  for (const std::string& line :
       {"password = \"" + secret + "\"", std::string("password = \"sss\\u0000\""),
        "password = \"sss\"\npassword_file = \"" + password_file("sss") + "\"",
        "password_file = \"" + password_file(secret) + "\"", std::string("password = [\"sss\"]")}) {
    const std::string wrong = complaints(route + line + '\n');
    EXPECT_THAT(wrong, HasSubstr("password"));
    EXPECT_THAT(wrong, Not(HasSubstr("sss"))) << wrong;
  }
  const table_list list = route_list(table_);
  for (const setting& one : list.begin()) {
    if (one.key != "password") continue;
    EXPECT_EQ(one.shown(), "\"\"");
    ASSERT_FALSE(one.read(setting_value{std::string("sss"), "a text"}));
    EXPECT_EQ(one.shown(), "\"(not shown)\"");
  }
}

TEST_F(SettingsRouteTest, AreListedOnceInComments) {
  const std::string listed = list_settings(default_settings());
  EXPECT_THAT(listed, HasSubstr("\n# [[route]]\n# domain = \"\"\n"));
  EXPECT_THAT(listed, HasSubstr("\n# backup_mx = false\n"));
}

}  // namespace
}  // namespace cbv::cbvd
