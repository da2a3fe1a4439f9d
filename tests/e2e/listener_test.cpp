// Listeners with terms of their own, of the real daemon: TLS with the openssl program as a client.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <string>

#include "tests/e2e/cbvd.hpp"
#include "tests/e2e/certificate.hpp"
#include "tests/e2e/files.hpp"
#include "tests/e2e/loopback.hpp"
#include "tests/e2e/process.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

namespace asio = boost::asio;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* token = "correct-horse-battery-staple";

class ListenerTest : public testing::Test {
 protected:
  void start(const std::string& settings) {
    daemon_ = std::make_unique<cbvd>(
        place_.path(),
        "listen.unix = [\"{folder}/socket\"]\ncache.directory = \"{folder}/cache\"\n"
        "self_test.at_start = false\n" +
            settings,
        std::map<std::string, std::string>{{"at", at_}, {"place", place_.path()}});
  }
  /// Says `text` over TLS and gives what came until the server closed, and what openssl said.
  std::string say(const std::string& text, const std::string& options = "") const {
    write_file(place_.path() / "said", text);
    const auto done = run({"sh", "-c",
                           "openssl s_client -quiet -connect " + at_ + ' ' + options + " <'" +
                               (place_.path() / "said").string() + "' 2>&1"},
                          place_.path());
    return done.output;
  }
  std::string get(const std::string& path, const std::string& options = "") const {
    return say("GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", options);
  }
  /// Puts a new certificate into the place of the daemon's, if it has one.
  void renew(const std::string& host) {
    const std::filesystem::path fresh = place_.path() / host;
    std::filesystem::create_directories(fresh);
    const certificate made = make_certificate(fresh, host);
    std::filesystem::rename(made.key_file, place_.path() / "key.pem");
    std::filesystem::rename(made.certificate_file, place_.path() / "certificate.pem");
  }

  void TearDown() override {
    if (HasFailure() && daemon_) std::cerr << "-- cbvd:\n" << daemon_->log();
  }

  const temporary_directory place_;
  const std::string address_ = own_address();
  const std::string at_ = address_ + ':' + std::to_string(free_port(address_));
  std::unique_ptr<cbvd> daemon_;
};

constexpr const char* secure = R"(
tcp = "{at}"
certificate = "{place}/certificate.pem"
key = "{place}/key.pem"
)";

TEST_F(ListenerTest, TheCertificateIsReadAnewWhileQuestionsAreAnswered) {
  renew("first.example.org");
  start(std::string("[[listener]]\nprotocol = \"http\"\n") + secure);
  EXPECT_THAT(get("/healthz"),
              AllOf(HasSubstr("CN = first.example.org"), HasSubstr("HTTP/1.1 200 OK")));
  renew("second.example.org");
  wait_for("the new certificate", [this] {
    const std::string said = get("/healthz");
    EXPECT_THAT(said, HasSubstr("HTTP/1.1 200 OK"));
    return said.find("CN = second.example.org") != std::string::npos;
  });
  EXPECT_THAT(daemon_->log(), HasSubstr("certificate_read file="));

  write_file(place_.path() / "key.pem", "nonsense");
  wait_for("the complaint", [this] {
    return daemon_->log().find("certificate_not_read error=") != std::string::npos;
  });
  EXPECT_THAT(get("/healthz"),
              AllOf(HasSubstr("CN = second.example.org"), HasSubstr("HTTP/1.1 200 OK")));
}

TEST_F(ListenerTest, ClientsNeedACertificateWhereThatIsWanted) {
  renew("cbv.example.org");
  const std::filesystem::path clients = place_.path() / "clients";
  std::filesystem::create_directories(clients);
  const certificate known = make_certificate(clients, "edge.example.org");
  const std::filesystem::path others = place_.path() / "others";
  std::filesystem::create_directories(others);
  const certificate unknown = make_certificate(others, "edge.example.org");
  start(std::string("[[listener]]\nprotocol = \"http\"\n") + secure + "client_ca = \"" +
        known.certificate_file.string() + "\"\n");
  const auto as = [](const certificate& who) {
    return "-cert '" + who.certificate_file.string() + "' -key '" + who.key_file.string() + '\'';
  };
  EXPECT_THAT(get("/healthz", as(known)), HasSubstr("HTTP/1.1 200 OK"));
  EXPECT_THAT(get("/healthz", as(known) + " -tls1_2"), HasSubstr("HTTP/1.1 200 OK"));
  EXPECT_THAT(get("/stats", as(known)), HasSubstr("HTTP/1.1 200 OK")) << "by any name";
  EXPECT_THAT(get("/healthz"), Not(HasSubstr("HTTP/1.1")));
  EXPECT_THAT(get("/healthz", as(unknown)), Not(HasSubstr("HTTP/1.1")));
}

TEST_F(ListenerTest, ATokenAndTheMethodsOfTheListener) {
  renew("cbv.example.org");
  write_file(place_.path() / "token", std::string(token) + '\n');
  start(std::string("[[listener]]\n") + secure +
        "methods = [\"version\"]\ntoken_file = \"{place}/token\"\nidle_timeout = \"1s\"\n");
  const std::string version = R"({"jsonrpc":"2.0","id":1,"method":"version"})"
                              "\n";
  const std::string health = R"({"jsonrpc":"2.0","id":2,"method":"health"})"
                             "\n";
  const auto show = [](const std::string& what) {
    return R"({"jsonrpc":"2.0","method":"authenticate","params":{"token":")" + what + "\"}}\n";
  };
  EXPECT_THAT(say(version), AllOf(HasSubstr("-32004"), Not(HasSubstr("result"))));
  EXPECT_THAT(
      say(show(token) + version + health),
      AllOf(HasSubstr(R"("id":1,"result")"), HasSubstr(R"("id":2,"error":{"code":-32005)")));
  EXPECT_THAT(say(show("correct-horse-battery-stapel") + version), Not(HasSubstr("result")));
  EXPECT_THAT(daemon_->log(),
              HasSubstr("client_closed reason=not_allowed detail=\"not the token\""));
  EXPECT_THAT(daemon_->log(), Not(HasSubstr("stapel")));
  EXPECT_THAT(daemon_->ask_line(R"({"jsonrpc":"2.0","id":3,"method":"health"})"),
              HasSubstr("result"))
      << "the other listener has no such terms";
}

TEST_F(ListenerTest, ATokenIsReadAnewAndWhoHasShownTheOldOneStays) {
  write_file(place_.path() / "token", std::string(token) + '\n');
  start("[[listener]]\ntcp = \"{at}\"\ntoken_file = \"{place}/token\"\n");
  const auto show = [](const std::string& what) {
    return R"({"jsonrpc":"2.0","id":0,"method":"authenticate","params":{"token":")" + what +
           "\"}}\n";
  };
  const auto connected = [this] {
    asio::ip::tcp::iostream client;
    client.expires_after(std::chrono::seconds(60));
    client.connect(asio::ip::tcp::endpoint(
        asio::ip::make_address(address_),
        static_cast<std::uint16_t>(std::stoi(at_.substr(at_.find(':') + 1)))));
    return client;
  };
  const auto ask = [](asio::ip::tcp::iostream& client, const std::string& line) {
    client << line << std::flush;
    std::string said;
    std::getline(client, said);
    return said;
  };
  const std::string version = R"({"jsonrpc":"2.0","id":1,"method":"version"})"
                              "\n";
  auto first = connected();
  EXPECT_THAT(ask(first, show(token)), HasSubstr("result"));

  const std::string other = "another-horse-another-battery";
  write_file(place_.path() / "token", other);
  daemon_->reload("");
  wait_for("the token to be read",
           [this] { return lines_with(daemon_->log(), "token_read ") == 1; });
  EXPECT_THAT(ask(first, version), HasSubstr("result"));
  auto second = connected();
  EXPECT_THAT(ask(second, show(token)), HasSubstr("-32004"));
  auto third = connected();
  EXPECT_THAT(ask(third, show(other)), HasSubstr("result"));

  write_file(place_.path() / "token", "short");
  wait_for("the complaint",
           [this] { return daemon_->log().find("token_not_read on=") != std::string::npos; });
  auto fourth = connected();
  EXPECT_THAT(ask(fourth, show(other)), HasSubstr("result")) << "the last good one stays";
  EXPECT_THAT(daemon_->log(), Not(HasSubstr("another-horse")));
}

TEST_F(ListenerTest, ClientsOfOtherNetworksAreClosedAtOnce) {
  start("[[listener]]\nprotocol = \"http\"\ntcp = \"{at}\"\nnetworks = [\"192.0.2.0/24\"]\n");
  asio::ip::tcp::iostream client;
  client.expires_after(std::chrono::seconds(60));
  client.connect(asio::ip::tcp::endpoint(
      asio::ip::make_address(address_),
      static_cast<std::uint16_t>(std::stoi(at_.substr(at_.find(':') + 1)))));
  client << "GET / HTTP/1.0\r\n\r\n" << std::flush;
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(client), {}), "");
  wait_for("the line in the log", [this] {
    return daemon_->log().find("client_refused on=" + at_ + " client=127.") != std::string::npos;
  });
}

TEST_F(ListenerTest, ItsLimitsAreItsOwn) {
  start(
      "dns.servers = [\"{at}\"]\n"
      "[[listener]]\nunix = \"{place}/json\"\nrequests_in_flight_max = 1\nclients_max = 1\n"
      "[[listener]]\nunix = \"{place}/http\"\nprotocol = \"http\"\nclients_max = 1\n"
      "[[listener]]\nunix = \"{place}/map\"\nprotocol = \"socketmap\"\nidle_timeout = \"1s\"\n");
  const auto connected = [this](const char* to) {
    asio::local::stream_protocol::iostream client;
    client.expires_after(std::chrono::seconds(60));
    client.connect(asio::local::stream_protocol::endpoint((place_.path() / to).string()));
    return client;
  };
  const auto line_of = [](asio::local::stream_protocol::iostream& client) {
    std::string said;
    std::getline(client, said);
    return said;
  };
  const auto question = [](int id) {
    return R"({"jsonrpc":"2.0","id":)" + std::to_string(id) +
           R"(,"method":"verify_recipient","params":{"address":"bob@example.org"}})" + '\n';
  };
  auto first = connected("json");
  first << question(1) + question(2) << std::flush;
  EXPECT_THAT(line_of(first), AllOf(HasSubstr("\"id\":2"), HasSubstr("-32002")));
  EXPECT_THAT(line_of(first), AllOf(HasSubstr("\"id\":1"), HasSubstr("result")));
  auto second = connected("json");
  EXPECT_THAT(line_of(second), HasSubstr("-32003"));

  auto page = connected("http");
  page << "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n" << std::flush;
  EXPECT_THAT(line_of(page), HasSubstr(" 200 "));
  auto other_page = connected("http");
  EXPECT_THAT(line_of(other_page), HasSubstr(" 503 "));

  auto map = connected("map");
  EXPECT_EQ(line_of(map), "") << "closed without a word";
  EXPECT_TRUE(map.eof());
}

TEST_F(ListenerTest, TheFileOfAUnixSocketHasItsOwnerAndGroup) {
  start(
      "[[listener]]\nunix = \"{place}/other\"\nunix_mode = \"0620\"\nowner = \"nobody\"\n"
      "group = \"nogroup\"\n");
  struct stat found {};
  ASSERT_EQ(::stat((place_.path() / "other").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0620U);
  EXPECT_EQ(found.st_uid, 65'534U);
  EXPECT_EQ(found.st_gid, 65'534U);
}

TEST_F(ListenerTest, ACertificateThatIsNotThereIsSaidAtTheStart) {
  EXPECT_THROW(
      try { start(std::string("[[listener]]\n") + secure); } catch (const std::exception& error) {
        EXPECT_THAT(error.what(), HasSubstr("cannot use the certificate of " + at_ + ": "));
        throw;
      },
      std::exception);
}

}  // namespace
}  // namespace cbv::e2e
