// The daemon as a service: what it tells its manager, settings that change while it runs, and how
// it stops.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/datagram_protocol.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "tests/e2e/postfix_test.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

namespace asio = boost::asio;
using nlohmann::json;
using testing::HasSubstr;
using testing::StartsWith;

std::string question(const std::string& address) {
  const json asked = {{"jsonrpc", "2.0"},
                      {"id", 1},
                      {"method", "verify_recipient"},
                      {"params", {{"address", address}, {"wait_ms", 60'000}}}};
  return asked.dump();
}

class ServiceTest : public postfix_test {
 protected:
  std::string advice_about(const std::string& address) {
    return json::parse(daemon_->ask_line(question(address)))["result"]["advice"]["action"];
  }
  void wait_for_log(const std::string& text) {
    wait_for("the log to say " + text,
             [&] { return daemon_->log().find(text) != std::string::npos; });
  }
};

TEST_F(ServiceTest, SettingsAreReadAgainWithoutDroppingAConnection) {
  start();
  asio::io_context io;
  asio::local::stream_protocol::socket stays(io);
  stays.connect(daemon_->socket().string());
  EXPECT_EQ(advice_about("zed@example.org"), "reject");

  daemon_->reload("advice.mode = \"observe\"\ncache.records_max = 5000\n");
  wait_for_log("needs_a_restart settings=cache.records_max");
  EXPECT_EQ(advice_about("zed@example.org"), "accept");

  daemon_->reload("advice.mood = \"enforce\"\n");
  wait_for_log("settings_not_read");
  EXPECT_THAT(daemon_->log(), HasSubstr("advice.mood: there is no such setting"));
  EXPECT_EQ(advice_about("zed@example.org"), "accept") << "a bad file changes nothing";

  asio::write(stays, asio::buffer(question("ann@example.org") + '\n'));
  std::string received;
  asio::read_until(stays, asio::dynamic_buffer(received), '\n');
  EXPECT_THAT(received, HasSubstr("\"deliverable\""));
  EXPECT_EQ(daemon_->stop(), 0);
}

TEST_F(ServiceTest, ItsManagerIsToldHowItIs) {
  asio::io_context io;
  asio::local::datagram_protocol::socket manager(io);
  const std::string path = place_.path() / "manager";
  manager.open();
  manager.bind(asio::local::datagram_protocol::endpoint(path));
  const auto hear = [&manager] {
    std::array<char, 1'000> said{};
    return std::string(said.data(), manager.receive(asio::buffer(said)));
  };
  ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
  ::setenv("WATCHDOG_USEC", "600000000", 1);
  start();
  ::unsetenv("NOTIFY_SOCKET");
  ::unsetenv("WATCHDOG_USEC");

  EXPECT_THAT(hear(), StartsWith("READY=1\n"));
  EXPECT_EQ(hear(), "WATCHDOG=1");
  daemon_->reload("");
  EXPECT_THAT(hear(), StartsWith("RELOADING=1\nMONOTONIC_USEC="));
  EXPECT_THAT(hear(), StartsWith("READY=1\n"));
  EXPECT_EQ(daemon_->stop(), 0);
  EXPECT_THAT(hear(), StartsWith("STOPPING=1\n"));
}

// What systemd does for cbvd.socket: binds and listens, hands the socket over as descriptor 3, and
// becomes the daemon.
constexpr const char* handing_over = R"(
import os, socket, sys
opened = socket.socket(socket.AF_UNIX)
opened.bind(sys.argv[1])
opened.listen()
os.dup2(opened.fileno(), 3)
os.set_inheritable(3, True)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", LISTEN_FDNAMES="cbvd.socket")
os.execv(sys.argv[2], sys.argv[2:])
)";

TEST_F(ServiceTest, TakesTheSocketThatItsManagerHasOpened) {
  start();
  EXPECT_EQ(daemon_->stop(), 0);
  const std::string socket = daemon_->socket();
  daemon_->launch({"python3", "-c", handing_over, socket});
  daemon_->wait_until_it_listens();
  EXPECT_EQ(advice_about("zed@example.org"), "reject");
  EXPECT_EQ(daemon_->stop(), 0);
  EXPECT_TRUE(std::filesystem::exists(socket)) << "it is not ours to take away";

  const std::string elsewhere = socket + ".else";
  daemon_->launch({"python3", "-c", handing_over, elsewhere});
  EXPECT_NE(daemon_->exit_status(), 0);
  EXPECT_THAT(daemon_->log(),
              HasSubstr("a socket was handed over that no setting listens on: " + elsewhere));
}

class StopTest : public far_host_test {
 protected:
  using stream = asio::local::stream_protocol;

  stream::socket ask_at(const char* where, const std::string& request) {
    stream::socket client(io_);
    client.connect((daemon_->socket().parent_path() / where).string());
    asio::write(client, asio::buffer(request));
    return client;
  }
  static std::string rest_of(stream::socket& client) {
    std::string received;
    boost::system::error_code ended;
    asio::read(client, asio::dynamic_buffer(received), ended);
    return received;
  }
  /// A mail host that takes everything, until it is hung up on.
  static void take_all(asio::ip::tcp::socket& client) {
    const auto say = [&client](const std::string& line) {
      asio::write(client, asio::buffer(line + "\r\n"));
    };
    say("220 mx1.example.org");
    std::string received;
    boost::system::error_code ended;
    while (true) {
      const auto length = asio::read_until(client, asio::dynamic_buffer(received), '\n', ended);
      if (ended) return;
      say(received.starts_with("EHLO") ? "250 mx1.example.org" : "250 2.0.0 fine");
      received.erase(0, length);
    }
  }
  std::string far_log() const override { return ""; }

  asio::io_context io_;
};

TEST_F(StopTest, QuestionsInFlightAreAnsweredWhateverTheyAreAskedIn) {
  asio::ip::tcp::acceptor far(io_, {asio::ip::make_address(address_), 0});
  start_cbvd(far.local_endpoint().port(),
             "callout.per_host.connections_max = 1\ncallout.catch_all_test = \"off\"\n"
             "server.stop_within = \"60s\"\n"
             "policy_service.unix = [\"{folder}/policy\"]\n"
             "policy_service.questions = [\"recipient\"]\n"
             "socketmap.unix = [\"{folder}/map\"]\nhttp.unix = [\"{folder}/http\"]\n");
  auto in_json = ask_at("socket", question("json@example.org") + '\n');
  auto in_policy = ask_at("policy",
                          "request=smtpd_access_policy\nprotocol_state=RCPT\n"
                          "sender=a@example.net\nrecipient=policy@example.org\n\n");
  auto in_map = ask_at("map", "25:recipient map@example.org,");
  const std::string body = question("http@example.org");
  auto in_http = ask_at("http",
                        "POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                        "Content-Length: " +
                            std::to_string(body.size()) + "\r\n\r\n" + body);
  wait_for("all questions to be in flight", [this] {
    const auto counted =
        json::parse(daemon_->ask_line(R"({"jsonrpc":"2.0","id":1,"method":"stats"})"));
    return counted["result"]["recipient"]["calls"] == 4;
  });
  daemon_->begin_to_stop();
  wait_for("it to stop", [this] { return daemon_->log().find("stopping") != std::string::npos; });

  auto line = far.accept();
  take_all(line);
  EXPECT_THAT(rest_of(in_json), HasSubstr("\"deliverable\""));
  EXPECT_THAT(rest_of(in_policy), StartsWith("action=DUNNO"));
  EXPECT_THAT(rest_of(in_map), HasSubstr(":OK "));
  EXPECT_THAT(rest_of(in_http), HasSubstr("\"deliverable\""));
  EXPECT_EQ(daemon_->exit_status(), 0);
  EXPECT_EQ(daemon_->committed_verdicts(), 4U);
}

}  // namespace
}  // namespace cbv::e2e
