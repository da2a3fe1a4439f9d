// cbv-probe --spf with a real name server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/files.hpp"
#include "tests/e2e/knot.hpp"
#include "tests/e2e/loopback.hpp"
#include "tests/e2e/process.hpp"

namespace cbv::e2e {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

// One zone for the whole DNS.
constexpr auto zone = R"(
$ORIGIN .
$TTL 300
@                            SOA ns.test. hostmaster.test. 1 3600 900 604800 60
@                            NS  ns.test.
ns.test.                     A   127.0.0.1
example.org.                 MX  10 mx.example.org.
example.org.                 TXT "v=spf1 mx include:_spf.example.org" " exp=why.%{d} -all"
mx.example.org.              A   193.0.2.26
mx.example.org.              AAAA 2a00:db8::26
mx.example.org.              TXT "v=spf1 a -all"
_spf.example.org.            TXT "v=spf1 ip4:193.0.2.64/28 exists:%{ir}.%{l1r-}._ok.%{o} ?all"
9.2.0.193.ann._ok.example.org. A 127.0.0.2
why.example.org.             TXT "%{i} is none of %{o}, says %{h}"
soft.example.org.            TXT "v=spf1 ~all"
ptr.example.org.             TXT "v=spf1 ptr:example.org -all"
80.2.0.193.in-addr.arpa.     PTR out.example.org.
out.example.org.             A   193.0.2.80
redirect.example.org.        TXT "v=spf1 redirect=example.org"
two.example.org.             TXT "v=spf1 -all"
two.example.org.             TXT "v=spf1 +all"
loop.example.org.            TXT "v=spf1 include:loop.example.org -all"
)";

class SpfTest : public testing::Test {
 protected:
  finished_command probe(std::vector<std::string> words) const {
    words.insert(words.begin(), {CBV_E2E_CBV_PROBE, "--spf", "--dns",
                                 address_ + ':' + std::to_string(name_server_.port())});
    return run(words, place_.path());
  }

  const temporary_directory place_;
  const std::string address_ = own_address();
  knot name_server_{place_.path(), address_, ".", zone};
};

TEST_F(SpfTest, SaysWhoMaySendForADomain) {
  const struct {
    const char* client;
    const char* helo;
    const char* sender;
    const char* result;
    const char* mechanism;
    int exit_status;
  } cases[] = {
      {"193.0.2.26", "mx.example.org", "joe@example.org", "pass", "mx", 0},
      {"2a00:db8::26", "mx.example.org", "joe@example.org", "pass", "mx", 0},
      {"193.0.2.70", "x.example.com", "joe@example.org", "pass", "include:_spf.example.org", 0},
      {"193.0.2.9", "x.example.com", "ann@example.org", "pass", "include:_spf.example.org", 0},
      {"193.0.2.9", "x.example.com", "joe@example.org", "fail", "-all", 1},
      {"193.0.2.26", "mx.example.org", "", "pass", "a", 0},
      {"193.0.2.27", "mx.example.org", "<>", "fail", "-all", 1},
      {"193.0.2.80", "x.example.com", "joe@ptr.example.org", "pass", "ptr:example.org", 0},
      {"193.0.2.81", "x.example.com", "joe@ptr.example.org", "fail", "-all", 1},
      {"193.0.2.81", "x.example.com", "joe@soft.example.org", "softfail", "~all", 2},
      {"193.0.2.26", "x.example.com", "joe@redirect.example.org", "pass", "mx", 0},
      {"193.0.2.1", "x.example.com", "joe@two.example.org", "permerror", "", 2},
      {"193.0.2.1", "x.example.com", "joe@loop.example.org", "permerror", "", 2},
      {"193.0.2.1", "x.example.com", "joe@nosuch.example.org", "none", "", 2},
  };
  for (const auto& one : cases) {
    const auto finished =
        probe({"--client-ip", one.client, "--helo", one.helo, "--sender", one.sender, "--json"});
    SCOPED_TRACE(std::string(one.client) + ' ' + one.sender + ": " + finished.output +
                 finished.errors);
    EXPECT_EQ(finished.exit_status, one.exit_status);
    const json said = json::parse(finished.output, nullptr, false);
    ASSERT_TRUE(said.is_object());
    EXPECT_EQ(said["result"], one.result);
    const bool has_mechanism = said["mechanism"].is_string();
    EXPECT_EQ(has_mechanism ? said["mechanism"].get<std::string>() : "", one.mechanism);
    EXPECT_THAT(said["received_spf"].get<std::string>(), StartsWith(one.result));
  }
}

TEST_F(SpfTest, SaysWhyInTheWordsOfTheDomain) {
  const auto finished =
      probe({"--client-ip", "193.0.2.9", "--helo", "x.example.com", "--sender", "joe@example.org"});
  EXPECT_THAT(finished.output,
              HasSubstr("\nexplanation: 193.0.2.9 is none of example.org, says x.example.com\n"));
}

TEST_F(SpfTest, KnowsNothingWhereNoOneAnswers) {
  name_server_.stop();
  const auto finished =
      probe({"--client-ip", "193.0.2.9", "--sender", "joe@example.org", "--timeout", "2s"});
  EXPECT_EQ(finished.exit_status, 2);
  EXPECT_THAT(finished.output, StartsWith("result: temperror\n"));
}

}  // namespace
}  // namespace cbv::e2e
