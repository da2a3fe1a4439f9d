#include "tools/cbvd/settings_listener.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <boost/asio/ip/address.hpp>
#include <fstream>
#include <string>
#include <vector>

#include "tests/temporary_folder.hpp"
#include "tools/cbvd/settings.hpp"
#include "tools/cbvd/settings_file.hpp"

namespace cbv::cbvd {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class SettingsListenerTest : public testing::Test {
 protected:
  /// All complaints about `toml`, a line each; the listeners are in `read_`.
  std::string complaints(const std::string& toml) {
    std::string text;
    read_.clear();
    for (const complaint& one : read_settings(toml, {}, {listener_list(read_)}))
      text += to_string(one, "f") + '\n';
    return text;
  }
  std::string file(const std::string& content) {
    const std::string path = folder_.inside("file");
    std::ofstream(path) << content;
    return path;
  }

  temporary_folder folder_;
  std::vector<listener_options> read_;
};

TEST_F(SettingsListenerTest, AllOfThemAreRead) {
  EXPECT_EQ(complaints(R"(
[[listener]]
protocol = "http"
tcp = "[::1]:8030"
certificate = "/etc/cbv/cbv.pem"
key = "/etc/cbv/cbv.key"
client_ca = "/etc/cbv/clients.pem"
networks = ["192.0.2.0/24", "2001:db8::/32"]
methods = ["verify_sender", "health"]
token_file = ")" + file("0123456789abcdef\nmore\n") +
                       R"("
clients_max = 7
requests_in_flight_max = 8
idle_timeout = "9s"

[[listener]]
unix = "/run/cbv/exim.sock"
unix_mode = "0600"
owner = "root"
group = "root"
)"),
            "");
  ASSERT_EQ(read_.size(), 2U);
  const listener_options& one = read_[0];
  EXPECT_EQ(one.protocol, spoken::http);
  EXPECT_EQ(one.where(), "[::1]:8030");
  EXPECT_EQ(one.tls,
            (certificate_files{"/etc/cbv/cbv.pem", "/etc/cbv/cbv.key", "/etc/cbv/clients.pem"}));
  EXPECT_EQ(one.networks.size(), 2U);
  EXPECT_EQ(one.rules.methods,
            (std::vector<api::method>{api::method::verify_sender, api::method::health}));
  EXPECT_EQ(one.rules.token, "0123456789abcdef");
  EXPECT_EQ(one.clients_max, 7U);
  EXPECT_EQ(one.requests_in_flight_max, 8U);
  EXPECT_EQ(one.idle_timeout, 9s);
  const listener_options& other = read_[1];
  EXPECT_EQ(other.protocol, spoken::json);
  EXPECT_EQ(other.where(), "/run/cbv/exim.sock");
  EXPECT_EQ(other.access, (net::file_access{.mode = 0600, .owner = 0, .group = 0}));
  EXPECT_EQ(other.rules.token, "");
}

struct row {
  const char* settings;
  const char* complaint;
};

TEST_F(SettingsListenerTest, WhatDoesNotFitIsSaid) {
  for (const row& one : std::vector<row>{
           {"", "listener.unix: expected one of unix and tcp, got both or neither"},
           {"unix = \"/x\"\ntcp = \"127.0.0.1:1\"",
            "listener.unix: expected one of unix and tcp, got both or neither"},
           {"unix = \"x\"", "listener.unix: expected an absolute path"},
           {"tcp = \"localhost:1\"", "listener.tcp: expected ADDRESS:PORT"},
           {"tcp = \"127.0.0.1:1\"\nkey = \"/k\"",
            "listener.certificate: expected one beside key and client_ca, got none"},
           {"unix = \"/x\"\ncertificate = \"/c\"",
            "listener.certificate: expected none for a unix socket, got one"},
           {"unix = \"/x\"\nnetworks = [\"192.0.2.0/24\"]",
            "listener.networks: expected none for a unix socket, got some"},
           {"tcp = \"127.0.0.1:1\"\nnetworks = [\"192.0.2.1/24\"]", "listener.networks: expected"},
           {"tcp = \"127.0.0.1:1\"\nowner = \"root\"",
            "listener.owner: expected none but for a unix socket, got owner or group"},
           {"unix = \"/x\"\nowner = \"no such user\"",
            "listener.owner: expected a user of this machine, got \"no such user\""},
           {"unix = \"/x\"\ngroup = \"no such group\"",
            "listener.group: expected a group of this machine, got \"no such group\""},
           {"unix = \"/x\"\nmethods = [\"dig\"]", "listener.methods: expected"},
           {"unix = \"/x\"\nmethods = [\"authenticate\"]", "listener.methods: expected"},
           {"unix = \"/x\"\nprotocol = \"socketmap\"\nmethods = [\"health\"]",
            "listener.methods: expected none for this protocol, got some"},
           {"unix = \"/x\"\nprotocol = \"policy_service\"\ntoken_file = \"/t\"",
            "listener.token_file: expected none for this protocol, got one"},
           {"unix = \"/x\"\ntoken_file = \"/nowhere/token\"",
            "listener.token_file: expected a file that can be read, got /nowhere/token: No such"},
           {"unix = \"/x\"\nprotocol = \"smtp\"", "listener.protocol: expected one of"},
           {"unix = \"/x\"\npath = \"/y\"", "listener.path: there is no such setting"},
       }) {
    EXPECT_THAT(complaints(std::string("[[listener]]\n") + one.settings + '\n'),
                HasSubstr(one.complaint));
    EXPECT_TRUE(read_.empty()) << one.complaint;
  }
}

TEST_F(SettingsListenerTest, ATokenIsNotGuessedAndFitsIntoAHeader) {
  for (const char* content : {"", "\n", "0123456789abcde\n", "0123456789 abcdef\n",
                              "0123456789abcde\xc3\xa9\n", "\n0123456789abcdef\n"}) {
    EXPECT_THAT(complaints("[[listener]]\nunix = \"/x\"\ntoken_file = \"" + file(content) + "\"\n"),
                HasSubstr("listener.token_file: expected a first line of at least 16 characters"))
        << content;
  }
  EXPECT_EQ(complaints("[[listener]]\nunix = \"/x\"\ntoken_file = \"" +
                       file("0123456789abcdef\r\n") + "\"\n"),
            "");
}

TEST_F(SettingsListenerTest, OneOfThemIsEnoughToListenOn) {
  settings all = default_settings();
  all.listen.unix_sockets.clear();
  EXPECT_FALSE(contradictions(all).empty());
  all.listeners.emplace_back();
  EXPECT_TRUE(contradictions(all).empty());
}

}  // namespace
}  // namespace cbv::cbvd
