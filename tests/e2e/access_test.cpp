// The administrator's lists and limits, end to end: lists change while cbvd runs, our domains are
// ours, and a dictionary attack ends before the delivery server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "tests/e2e/files.hpp"
#include "tests/e2e/postfix_test.hpp"
#include "tests/e2e/process.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class AccessTest : public postfix_test {
 protected:
  json check(const std::string& client, const std::string& sender, const std::string& recipient) {
    const json params{{"client_ip", client}, {"sender", sender}, {"recipient", recipient}};
    const json asked{{"jsonrpc", "2.0"}, {"id", 1}, {"method", "check"}, {"params", params}};
    return json::parse(daemon_->ask_line(asked.dump()))["result"];
  }

  std::string decided_by(const std::string& client, const std::string& sender) {
    const json said = check(client, sender, "ann@example.org")["decided_by"];
    return said.is_null() ? "" : said.get<std::string>();
  }

  std::filesystem::path list(const std::string& name) const { return place_.path() / name; }

  /// As an administrator should: beside it, and renamed.
  void write_list(const std::string& name, const std::string& rules) {
    write_file(list("new"), rules);
    std::filesystem::rename(list("new"), list(name));
  }

  void wait_for_log(const std::string& part, std::size_t lines = 1) {
    wait_for(part, [&] { return lines_with(daemon_->log(), part) >= lines; });
  }
};

TEST_F(AccessTest, ListsChangeWhileItRuns) {
  write_list("access", "refuse client 192.0.2.0/24\nallow client 192.0.2.7\n");
  start({}, "check.make = [\"syntax\", \"access\", \"recipient\"]\ncheck.access.files = [\"" +
                list("access").string() + "\"]\ncheck.access.look_every = \"1s\"\n");
  EXPECT_EQ(check("192.0.2.1", "a@b.example", "ann@example.org")["advice"]["code"], 554);
  EXPECT_EQ(check("192.0.2.7", "a@b.example", "zed@example.org")["advice"]["action"], "accept")
      << "nobody asks whether there is such a recipient";

  write_list("access", "defer sender a@ 451 4.7.1 Later\nskip client 192.0.2.7\n");
  wait_for_log("access_read", 2);
  EXPECT_EQ(decided_by("192.0.2.1", "x@b.example"), "");
  EXPECT_EQ(check("192.0.2.1", "a@b.example", "ann@example.org")["advice"]["text"], "Later");
  EXPECT_EQ(check("192.0.2.7", "a@b.example", "zed@example.org")["decided_by"], "recipient");

  write_list("access", "refuse client 192.0.2.0/24\nrefuse klient 192.0.2.0/24\n");
  wait_for_log(list("access").string() + ":2:8: expected client");
  EXPECT_EQ(decided_by("192.0.2.1", "x@b.example"), "") << "the old list is in force";

  write_list("other", "refuse client 192.0.2.1\n");
  daemon_->change("/access\"", "/other\"");
  wait_for_log("access_read", 3);
  EXPECT_EQ(decided_by("192.0.2.1", "x@b.example"), "access");
}

TEST_F(AccessTest, ABadListIsSaidBeforeItStarts) {
  write_list("access", "refuse everybody\n");
  try {
    start({}, "check.make = [\"access\"]\ncheck.access.files = [\"" + list("access").string() +
                  "\"]\n");
    FAIL() << "it started";
  } catch (const std::exception& failed) {
    EXPECT_THAT(failed.what(), HasSubstr("access:1:8: expected client, client_name"));
  }
}

TEST_F(AccessTest, OurDomainsAreOurs) {
  start({}, R"(check.make = ["own_domain", "recipient"]
[[own_domain]]
domains = [".example.org"]
networks = ["192.0.2.0/24"]
)");
  EXPECT_EQ(decided_by("192.0.2.1", "bob@example.org"), "");
  EXPECT_EQ(decided_by("198.51.100.1", "bob@example.org"), "own_domain");
  EXPECT_EQ(decided_by("198.51.100.1", "bob@mx.example.org"), "own_domain");
  EXPECT_EQ(decided_by("198.51.100.1", "bob@example.net"), "");
  EXPECT_EQ(decided_by("198.51.100.1", ""), "");
}

TEST_F(AccessTest, ADictionaryAttackEndsBeforeTheDeliveryServer) {
  start({},
        "check.make = [\"rate\", \"recipient\"]\n"
        "check.rate.unknown_recipients_per_minute = 5\n"
        "check.rate.unknown_recipients_per_hour = 10\n");
  std::size_t deferred = 0;
  for (int i = 0; i < 60; ++i) {
    const json said = check("192.0.2.1", "", "name" + std::to_string(i) + "@example.org");
    if (said["decided_by"] == "rate") ++deferred;
  }
  const std::size_t reached = lines_with(far_log(), "NOQUEUE: reject: RCPT");
  EXPECT_GE(reached, 5U);
  EXPECT_LE(reached, 10U);
  EXPECT_EQ(deferred + reached, 60U);
  EXPECT_EQ(check("192.0.2.1", "", "ann@example.org")["advice"]["code"], 450);
  EXPECT_EQ(check("192.0.2.2", "", "ann@example.org")["advice"]["action"], "accept");
}

}  // namespace
}  // namespace cbv::e2e
