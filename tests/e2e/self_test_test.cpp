// cbvd --self-test, and what cbvd does at its start, with a real name server: how far hosts see it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "tests/e2e/cbvd.hpp"
#include "tests/e2e/files.hpp"
#include "tests/e2e/knot.hpp"
#include "tests/e2e/loopback.hpp"
#include "tests/e2e/process.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

using testing::Each;
using testing::HasSubstr;
using testing::StartsWith;

// One zone for the whole DNS. The source address is given by callout.own_ip; nothing is sent there.
constexpr auto good_zone = R"(
$ORIGIN .
$TTL 300
@                               SOA  ns.test. hostmaster.test. 1 3600 900 604800 60
@                               NS   ns.test.
ns.test.                        A    127.0.0.1
probe.example.org.              A    193.0.2.25
probe.example.org.              TXT  "v=spf1 a -all"
example.org.                    MX   10 mx.example.org.
example.org.                    TXT  "v=spf1 include:_spf.example.org" " -all"
_spf.example.org.               TXT  "v=spf1 ip4:193.0.2.0/28 exists:%{ir}._ok.example.org -all"
25.2.0.193._ok.example.org.     A    127.0.0.2
mx.example.org.                 A    193.0.2.26
25.2.0.193.in-addr.arpa.        CNAME 25.0-31.2.0.193.in-addr.arpa.
25.0-31.2.0.193.in-addr.arpa.   PTR  probe.example.org.
2.0.0.127.bl.example.net.       A    127.0.0.2
2.0.0.127.dead.example.net.     A    127.0.0.2
1.0.0.127.dead.example.net.     A    127.0.0.2
25.2.0.193.dead.example.net.    A    127.0.0.2
)";

constexpr auto settings = R"(
listen.unix = ["{folder}/socket"]
cache.directory = "{folder}/cache"
dns.servers = ["{address}:{dns_port}"]
dns.try_timeout = "500ms"
dns.tries = 1
callout.helo_name = "probe.example.org"
callout.mail_from = "probe@example.org"
callout.own_ip = "193.0.2.25"
callout.family = "ipv4"
self_test.dnsbl = ["bl.example.net", "dead.example.net"]
)";

class SelfTestTest : public testing::Test {
 protected:
  std::map<std::string, std::string> values() const {
    return {{"address", address_},
            {"dns_port", std::to_string(name_server_->port())},
            {"folder", place_.path() / "cbvd"}};
  }

  // Serves the good zone without the lines that have `gone` in them, and with `more`.
  void serve(const std::string& gone = "", const std::string& more = "") {
    std::string zone;
    std::istringstream lines(good_zone);
    for (std::string line; std::getline(lines, line);) {
      if (gone.empty() || line.find(gone) == std::string::npos) zone += line + '\n';
    }
    name_server_.reset();
    const auto folder = place_.path() / ("dns" + std::to_string(++served_));
    name_server_.emplace(folder, address_, ".", zone + more + '\n');
    write_file(place_.path() / "cbvd.toml", filled_in(settings, values()));
  }

  finished_command test_self(const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {CBV_E2E_CBVD, "--config", place_.path() / "cbvd.toml",
                                      "--self-test"};
    words.insert(words.end(), more.begin(), more.end());
    return run(words, place_.path());
  }

  const temporary_directory place_;
  const std::string address_ = own_address();
  int served_ = 0;
  std::optional<knot> name_server_;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

TEST_F(SelfTestTest, NothingIsWrongWhereAllIsWell) {
  serve();
  const finished_command finished = test_self();
  EXPECT_EQ(finished.exit_status, 0) << finished.output;
  EXPECT_EQ(finished.errors, "");
  std::vector<std::string> lines = lines_of(finished.output);
  ASSERT_EQ(lines.size(), 9U) << finished.output;
  EXPECT_THAT(lines.back(), StartsWith("not known dnsbl"))
      << "a list that lists 127.0.0.1 is not believed";
  lines.pop_back();
  EXPECT_THAT(lines, Each(StartsWith("ok  "))) << finished.output;
}

TEST_F(SelfTestTest, SaysWhatIsWrongAndExitsWithOne) {
  const struct {
    const char* gone;
    const char* more;
    const char* found;
  } cases[] = {
      {" PTR ", "", "wrong     ptr           193.0.2.25: "},
      {" PTR ", "25.0-31.2.0.193.in-addr.arpa. PTR mx.example.org.", "wrong     ptr  "},
      {"probe.example.org.              A", "", "wrong     helo_name     probe.example.org: "},
      {"25.2.0.193._ok", "", "wrong     sender_spf    example.org: "},
      {"v=spf1 a ", "probe.example.org. TXT \"v=spf1 -all\"", "wrong     helo_spf  "},
      {"_spf.example.org.     ", "", "wrong     sender_spf    example.org: "},
      {" MX ", "example.org. MX 0 .", "wrong     sender_domain example.org: "},
      {"~", "25.2.0.193.bl.example.net. A 127.0.0.2",
       "wrong     dnsbl         193.0.2.25: bl.example.net lists it (127.0.0.2)"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(one.found);
    serve(one.gone, one.more);
    const finished_command finished = test_self();
    EXPECT_EQ(finished.exit_status, 1);
    EXPECT_THAT(finished.output, HasSubstr(one.found));
  }
}

TEST_F(SelfTestTest, ADnsThatIsAwayIsNotKnownAndNeverWrong) {
  serve();
  name_server_->stop();
  const finished_command finished = test_self({"--json"});
  EXPECT_EQ(finished.exit_status, 0);
  const auto shown = nlohmann::json::parse(finished.output);
  EXPECT_EQ(shown.at("wrong"), 0);
  EXPECT_EQ(shown.at("warning"), 0);
  EXPECT_EQ(shown.at("ok"), 1) << "the source address is known without the DNS";
  EXPECT_EQ(shown.at("not_known"), 8) << finished.output;
}

TEST_F(SelfTestTest, IsDoneAtTheStartAndDoesNotHoldItUp) {
  serve(" PTR ");
  const cbvd daemon(place_.path(), settings, values());  // returns when it listens
  wait_for("the self-test to end",
           [&] { return daemon.log().find("self_test_finished") != std::string::npos; });
  EXPECT_THAT(daemon.log(), HasSubstr("self_test_found grade=wrong check=ptr about=193.0.2.25"));
  EXPECT_THAT(daemon.log(), HasSubstr("self_test_finished ok=6 warning=1 wrong=1 not_known=1"));
}

TEST_F(SelfTestTest, AtTheStartItWaitsForNothing) {
  serve();
  name_server_->stop();
  cbvd daemon(place_.path(), settings, values());
  EXPECT_EQ(daemon.stop(), 0);
  EXPECT_THAT(daemon.log(), HasSubstr("stopped"));
}

}  // namespace
}  // namespace cbv::e2e
