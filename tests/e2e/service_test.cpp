// The daemon as a service: what it tells its manager, settings that change while it runs, and how
// it stops.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/datagram_protocol.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "tests/e2e/loopback.hpp"
#include "tests/e2e/postfix_test.hpp"
#include "tests/e2e/process.hpp"
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
  void wait_for_reload() {
    const std::size_t read = ++reloads_;
    wait_for("the settings to be read",
             [this, read] { return lines_with(daemon_->log(), "settings_read ") >= read; });
  }
  void wait_for_log(const std::string& text) {
    wait_for("the log to say " + text,
             [&] { return daemon_->log().find(text) != std::string::npos; });
  }

 private:
  std::size_t reloads_ = 0;
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

/// Asks all the time, on one connection, in a thread of its own.
class busy_client {
 public:
  explicit busy_client(const std::string& socket)
      : thread_([this, socket] {
          try {
            run(socket);
          } catch (const std::exception& failed) {
            unexpected_ = failed.what();
          }
        }) {}

  /// Takes the answers that are still to come; what went wrong, or nothing.
  std::string finish() {
    enough_ = true;
    thread_.join();
    return unexpected_;
  }
  std::size_t answered() const { return answered_; }

 private:
  static constexpr std::size_t at_once = 20;

  void run(const std::string& socket) {
    asio::io_context io;
    asio::local::stream_protocol::socket client(io);
    client.connect(socket);
    const auto send = [&client](std::size_t number) {
      const std::string line = question("u" + std::to_string(number) + "@example.org") + '\n';
      asio::write(client, asio::buffer(line));
    };
    for (std::size_t i = 0; i < at_once; ++i) send(i);
    std::string received;
    for (std::size_t left = at_once; left > 0;) {
      const auto length = asio::read_until(client, asio::dynamic_buffer(received), '\n');
      const std::string line = received.substr(0, length);
      received.erase(0, length);
      if (line.find("\"result\"") == std::string::npos) unexpected_ = line;
      ++answered_;
      if (enough_) {
        --left;
      } else {
        send(answered_ + at_once);
      }
    }
  }

  std::atomic<bool> enough_ = false;
  std::atomic<std::size_t> answered_ = 0;
  std::string unexpected_;
  std::jthread thread_;  // the last: it begins at once
};

TEST_F(ServiceTest, WhomItAsksAndHowManyAtOnceChangesUnderLoad) {
  start();
  busy_client busy(daemon_->socket());
  const std::string nobody_there = std::to_string(free_port(address_));
  EXPECT_THAT(ask("ann@example.org"), is_verdict("deliverable", "accepted"));

  daemon_->reload("callout.opt_out.domains = [\"example.org\"]\n");
  wait_for_reload();
  EXPECT_EQ(ask("bob@example.org").reason, "not_asked");
  EXPECT_EQ(ask("ann@example.org").source, "cache");

  daemon_->reload("[[route]]\ndomain = \"example.org\"\nto = [\"smtp://mx1.example.org:" +
                  nobody_there + "\"]\n");
  wait_for_reload();
  EXPECT_EQ(ask("zed1@example.org").reason, "connect_failed");

  daemon_->change("smtp://mx1.example.org:" + nobody_there,
                  "smtp://mx1.example.org:" + std::to_string(far_host_->port()));
  wait_for_reload();
  EXPECT_THAT(ask("zed2@example.org"), is_verdict("undeliverable", "mailbox_not_found"));
  daemon_->reload("connections_max = 1\nsessions_per_minute = 1\nidle = \"0s\"\n");
  wait_for_reload();
  wait_for("the route's limit to hold", [this, n = 0]() mutable {
    return ask("limited" + std::to_string(n++) + "@example.org").reason == "busy";
  });
  EXPECT_EQ(busy.finish(), "");
  EXPECT_GT(busy.answered(), 100U);
  EXPECT_EQ(daemon_->log().find("needs_a_restart"), std::string::npos);
  EXPECT_EQ(daemon_->stop(), 0);
}

TEST_F(ServiceTest, ItIsToldToReadItsSettingsAgainAndSaysWhatCameOfIt) {
  const std::string tcp = address_ + ":" + std::to_string(free_port(address_));
  start({}, "listen.tcp = [\"" + tcp + "\"]\n");
  const auto reload = [this](const std::string& at) {
    return run({CBV_E2E_CBVCTL, "--socket", at, "reload"}, place_.path());
  };
  const std::string socket = daemon_->socket();
  auto done = reload(socket);
  EXPECT_EQ(done.exit_status, 0);
  EXPECT_EQ(done.output, "settings read\n");

  daemon_->write_settings("advice.mode = \"observe\"\ncache.records_max = 5000\n");
  done = reload(tcp);
  EXPECT_NE(done.exit_status, 0) << "from afar it is not to be had";
  EXPECT_THAT(done.errors, HasSubstr("Method not allowed: reload"));
  EXPECT_EQ(advice_about("zed@example.org"), "reject");
  done = reload(socket);
  EXPECT_EQ(done.exit_status, 0);
  EXPECT_EQ(done.output, "settings read\nneeds a restart: cache.records_max\n");
  EXPECT_EQ(advice_about("zed@example.org"), "accept");

  daemon_->write_settings("advice.mood = \"enforce\"\nlog.level = 5\n");
  done = reload(socket);
  constexpr int exit_config = 78;
  EXPECT_EQ(done.exit_status, exit_config);
  EXPECT_THAT(done.errors, HasSubstr("nothing has changed, because of\n"));
  EXPECT_THAT(done.errors, HasSubstr("advice.mood: there is no such setting"));
  EXPECT_THAT(done.errors, HasSubstr("log.level: expected"));
  EXPECT_EQ(advice_about("zed@example.org"), "accept");
  EXPECT_EQ(daemon_->stop(), 0);
}

TEST_F(ServiceTest, HoweverLateItIsToldToStopItEndsAsItShould) {
  for (int round = 0; round < 10; ++round) {
    if (round == 0) {
      start();
    } else {
      daemon_->start();
    }
    daemon_->begin_to_stop();
    wait_for("it to have stopped", [this, round] {
      return lines_with(daemon_->log(), " stopped") > static_cast<std::size_t>(round);
    });
    EXPECT_EQ(daemon_->stop_again_and_again(), 0);
  }
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
    return counted["result"]["now"]["callouts"] == 4;
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
