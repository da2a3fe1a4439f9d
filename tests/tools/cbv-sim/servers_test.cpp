// The simulated internet on real sockets of the loopback network, with ports that the operating
// system chooses.
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "cbv/async/deadline.hpp"
#include "cbv/dns/cares_resolver.hpp"
#include "cbv/dns/encode.hpp"
#include "cbv/net/socket_stream.hpp"
#include "cbv/net/tcp_dialer.hpp"
#include "cbv/net/tls_stream.hpp"
#include "tests/temporary_folder.hpp"
#include "tests/tools/cbv-sim/dialogue.hpp"
#include "tools/cbv-sim/dns_server.hpp"
#include "tools/cbv-sim/smtp_server.hpp"

namespace cbv::sim {
namespace {

using asio::ip::make_address;
using asio::ip::tcp;
using asio::ip::udp;

constexpr auto as_result = asio::as_tuple(asio::use_awaitable);

class ServersTest : public testing::Test {
 protected:
  // Runs one client to its end. The servers run meanwhile.
  template <class T>
  T run(awaitable<T> client) {
    T outcome{};
    std::exception_ptr thrown;
    asio::co_spawn(io_, std::move(client), [&](const std::exception_ptr& failed, T value) {
      thrown = failed;
      outcome = std::move(value);
      io_.stop();
    });
    io_.restart();
    io_.run();
    if (thrown) std::rethrow_exception(thrown);
    return outcome;
  }

  void serve_world(const std::string& text, const smtp_server_options& options = {}) {
    made_ = must_parse(text);
    net_ = std::make_unique<internet>(made_);
    smtp_ = std::make_unique<smtp_server>(io_.get_executor(), *net_, time_, options);
  }

  // "refused", "reset", or what the host says first.
  static awaitable<std::string> greeting_of(std::string address, std::uint16_t port) {
    tcp::socket socket(co_await asio::this_coro::executor);
    const tcp::endpoint at(make_address(address), port);
    const auto [refused] = co_await socket.async_connect(at, as_result);
    if (refused) co_return refused == asio::error::connection_refused ? "refused" : "failed";
    std::array<char, 256> bytes{};
    const auto into = asio::buffer(bytes);
    const auto [broken, count] = co_await socket.async_read_some(into, as_result);
    if (broken) co_return broken == asio::error::connection_reset ? "reset" : "broken";
    co_return std::string(bytes.data(), count);
  }

  std::string greeting(std::string address) {
    return run(greeting_of(std::move(address), smtp_->port()));
  }

  world made_;
  system_timer time_;
  std::unique_ptr<internet> net_;
  asio::io_context io_;
  std::unique_ptr<smtp_server> smtp_;
};

TEST_F(ServersTest, HostsListenOnTheirOwnAddresses) {
  serve_world(
      "host 127.0.71.1 one.example\n"
      "host 127.0.71.2 two.example\n"
      "host 127.0.71.3 gone.example\n  dead\n");
  EXPECT_EQ(greeting("127.0.71.1"), "220 one.example ESMTP\r\n");
  EXPECT_EQ(greeting("127.0.71.2"), "220 two.example ESMTP\r\n");
  EXPECT_EQ(greeting("127.0.71.3"), "refused");
  EXPECT_EQ(greeting("127.0.71.4"), "refused") << "nobody is there";
}

TEST_F(ServersTest, OneListenerServesARange) {
  serve_world(
      "hosts 127.71.0.0/16 m{}.bulk.example\n"
      "host 127.71.0.1 alone.example\n"
      "host 127.0.71.3 gone.example\n  dead\n");
  EXPECT_EQ(greeting("127.71.0.1"), "220 alone.example ESMTP\r\n");
  EXPECT_EQ(greeting("127.71.255.255"), "220 m65535.bulk.example ESMTP\r\n");
  EXPECT_EQ(greeting("127.0.71.3"), "reset");
  EXPECT_EQ(greeting("127.72.0.0"), "reset");
}

TEST_F(ServersTest, ASmallRangeListensOnItsOwnAddresses) {
  serve_world(
      "hosts 127.71.0.0/30 m{}.bulk.example\n"
      "host 127.71.0.1 alone.example\n"
      "host 127.71.0.2 gone.example\n  dead\n");
  EXPECT_EQ(greeting("127.71.0.0"), "220 m0.bulk.example ESMTP\r\n");
  EXPECT_EQ(greeting("127.71.0.1"), "220 alone.example ESMTP\r\n");
  EXPECT_EQ(greeting("127.71.0.2"), "refused");
  EXPECT_EQ(greeting("127.71.0.3"), "220 m3.bulk.example ESMTP\r\n");
  EXPECT_EQ(greeting("127.71.0.4"), "refused") << "nobody is there";
}

TEST_F(ServersTest, OneListenerServesManyHosts) {
  smtp_server_options options;
  options.own_listeners_max = 2;
  serve_world("host 127.0.71.1 a\nhost 127.0.71.2 b\nhost 127.0.71.3 c\n", options);
  EXPECT_EQ(greeting("127.0.71.3"), "220 c ESMTP\r\n");
  EXPECT_EQ(greeting("127.0.71.4"), "reset");
}

TEST_F(ServersTest, AnUnreachableHostDoesNotAnswer) {
  serve_world("host 127.0.71.5\n  unreachable\n");
  const auto give_up_soon = [](timer& time, std::uint16_t port) -> awaitable<bool> {
    tcp::socket socket(co_await asio::this_coro::executor);
    const tcp::endpoint at(make_address("127.0.71.5"), port);
    const auto connect = [](tcp::socket& to, tcp::endpoint where) -> awaitable<result<bool>> {
      const auto [failed] = co_await to.async_connect(where, as_result);
      co_return !failed;
    };
    auto connecting = connect(socket, at);
    const time_point soon = time.now() + std::chrono::milliseconds(50);
    const auto connected = co_await with_deadline(time, soon, std::move(connecting));
    co_return !connected && connected.error() == errc::timed_out;
  };
  EXPECT_TRUE(run(give_up_soon(time_, smtp_->port())));
}

TEST_F(ServersTest, HostsListenOnIpv6AndUnixSockets) {
  const temporary_folder folder;
  const std::string path = folder.inside("lmtp");
  serve_world("host ::1 six.example\nhost unix:" + path + "\n  lmtp\nhost unix:" + path +
              ".gone\n  dead\n");
  EXPECT_EQ(greeting("::1"), "220 six.example ESMTP\r\n");
  const auto greeting_at = [](std::string at) -> awaitable<std::string> {
    const auto there = co_await net::connect_local(std::move(at));
    if (!there) co_return there.error().message();
    std::array<char, 256> bytes{};
    const std::span<char> into(bytes);
    const auto count = co_await (*there)->read_some(into);
    co_return std::string(bytes.data(), count ? *count : 0);
  };
  EXPECT_EQ(run(greeting_at(path)), "220 localhost LMTP\r\n");
  EXPECT_EQ(run(greeting_at(path + ".gone")), "No such file or directory");
  EXPECT_EQ(net_->total().connections, 2U);
}

// Reads up to the end of one line.
awaitable<std::string> line_of(net::stream& from) {
  std::string all;
  while (!all.ends_with('\n')) {
    std::array<char, 256> bytes{};
    const std::span<char> into(bytes);
    const auto count = co_await from.read_some(into);
    if (!count) co_return all + '<' + count.error().message() + '>';
    all.append(bytes.data(), *count);
  }
  co_return all;
}

TEST_F(ServersTest, HostsSpeakTls) {
  serve_world("host 127.0.71.1 one.example\n  tls on\n");
  net::tls_client_options trust;
  trust.ca_pem = net_->authority().pem();
  net::tls_client with(time_, trust);
  const auto talk = [](net::endpoint at, net::tls_client& by) -> awaitable<std::string> {
    net::tcp_dialer dial;
    auto clear = *(co_await dial.connect(std::move(at)));
    std::string heard = co_await line_of(*clear);
    for (const char* command : {"EHLO probe.example\r\n", "STARTTLS\r\n"}) {
      std::string words = command;
      co_await clear->write(std::move(words));
      heard += (co_await line_of(*clear)).substr(0, 4);
    }
    net::tls_request asked;
    asked.server_name = "one.example";
    asked.verify = true;
    auto secured = co_await net::start_tls(std::move(clear), by, asked);
    if (!secured->line) co_return secured->failure;
    std::string goodbye = "QUIT\r\n";
    co_await secured->line->write(std::move(goodbye));
    co_return heard + co_await line_of(*secured->line);
  };
  const net::endpoint at{make_address("127.0.71.1"), smtp_->port()};
  EXPECT_EQ(run(talk(at, with)), "220 one.example ESMTP\r\n250-220 221 2.0.0 Bye\r\n");
  EXPECT_EQ(net_->total().handshakes, 1U);
}

TEST_F(ServersTest, ADialogueGoesToItsEnd) {
  serve_world("host 127.0.71.1 one.example\n  mailbox ann@one.example\n");
  const auto talk = [](std::uint16_t port) -> awaitable<std::string> {
    tcp::socket socket(co_await asio::this_coro::executor);
    const tcp::endpoint at(make_address("127.0.71.1"), port);
    co_await socket.async_connect(at, asio::use_awaitable);
    const std::string commands = "QUIT\r\n";
    const auto out = asio::buffer(commands);
    co_await asio::async_write(socket, out, asio::use_awaitable);
    std::string heard;
    auto into = asio::dynamic_buffer(heard);
    co_await asio::async_read(socket, into, as_result);
    co_return heard;
  };
  EXPECT_EQ(run(talk(smtp_->port())), "220 one.example ESMTP\r\n221 2.0.0 Bye\r\n");
  EXPECT_EQ(net_->total().quits, 1U);
  EXPECT_EQ(net_->total().open, 0U);
}

TEST_F(ServersTest, NoticesAClientThatLeavesDuringATarpit) {
  serve_world("host 127.0.71.1 one.example\n  delay greeting 1h\n");
  const auto come_and_go = [](internet& net, timer& time, std::uint16_t port) -> awaitable<bool> {
    {
      tcp::socket socket(co_await asio::this_coro::executor);
      const tcp::endpoint at(make_address("127.0.71.1"), port);
      co_await socket.async_connect(at, asio::use_awaitable);
      while (net.total().open == 0) co_await time.sleep_until(time.now());
    }
    const time_point limit = time.now() + std::chrono::seconds(30);
    while (net.total().open > 0 && time.now() < limit) co_await time.sleep_until(time.now());
    co_return net.total().open == 0;
  };
  EXPECT_TRUE(run(come_and_go(*net_, time_, smtp_->port())));
}

TEST_F(ServersTest, BoundsConnections) {
  smtp_server_options options;
  options.connections_max = 0;
  serve_world("host 127.0.71.1 one.example\n", options);
  EXPECT_EQ(greeting("127.0.71.1"), "reset");
}

TEST_F(ServersTest, SaysWhereItCannotListen) {
  serve_world("host 127.0.71.1 one.example\n");
  internet second(made_);
  smtp_server_options options;
  options.port = smtp_->port();
  try {
    const smtp_server taken(io_.get_executor(), second, time_, options);
    FAIL() << "listens where another does";
  } catch (const boost::system::system_error& problem) {
    const std::string where = "cannot listen on 127.0.71.1:" + std::to_string(smtp_->port());
    EXPECT_EQ(std::string(problem.what()).substr(0, where.size()), where);
  }
  const world outside = must_parse("host 192.0.2.1\n");
  internet elsewhere(outside);
  EXPECT_THROW(smtp_server(io_.get_executor(), elsewhere, time_, {}), std::invalid_argument);
}

constexpr const char* names = R"(zone
  example.net.     MX 10 mx1.example.net.
  mx1.example.net. A 192.0.2.25
  late.example.    slow 30ms
  late.example.    MX 10 mx1.example.net.
  broken.example.  SERVFAIL
  refused.example. REFUSED
  gone.example.    TIMEOUT
  garbage.example. MALFORMED
  cut.example.     TRUNCATED
  cut.example.     MX 10 mx1.example.net.
  www.example.net. CNAME example.net.
)";

class DnsServerTest : public ServersTest {
 protected:
  DnsServerTest() {
    made_ = must_parse(names);
    dns_ = std::make_unique<dns_server>(
        io_.get_executor(), net::endpoint{make_address("127.0.0.1"), 0}, made_.zone, time_,
        [this](const dns_event& asked) { asked_.push_back(asked.answer.name); });
  }

  static std::string question(const std::string& name, dns::record_type type) {
    dns::message query;
    query.id = 7;
    query.asked = dns::question{name, type};
    return *dns::encode_message(query);
  }

  static awaitable<std::string> over_udp(std::string query, std::uint16_t port) {
    udp::socket socket(co_await asio::this_coro::executor, udp::v4());
    const udp::endpoint server(make_address("127.0.0.1"), port);
    const auto out = asio::buffer(query);
    co_await socket.async_send_to(out, server, asio::use_awaitable);
    std::array<char, 4096> bytes{};
    udp::endpoint from;
    const auto into = asio::buffer(bytes);
    const std::size_t count = co_await socket.async_receive_from(into, from, asio::use_awaitable);
    co_return std::string(bytes.data(), count);
  }

  // Two questions on one connection; the second answer.
  static awaitable<std::string> over_tcp(std::string query, std::uint16_t port) {
    tcp::socket socket(co_await asio::this_coro::executor);
    const tcp::endpoint server(make_address("127.0.0.1"), port);
    co_await socket.async_connect(server, asio::use_awaitable);
    const std::string framed = std::string(1, '\0') + static_cast<char>(query.size()) + query;
    const std::string twice = framed + framed;
    const auto out = asio::buffer(twice);
    co_await asio::async_write(socket, out, asio::use_awaitable);
    std::string answer;
    for (int i = 0; i < 2; ++i) {
      std::array<unsigned char, 2> length{};
      const auto into_length = asio::buffer(length);
      co_await asio::async_read(socket, into_length, asio::use_awaitable);
      answer.resize(length[0] * 256U + length[1]);
      const auto into = asio::buffer(answer);
      co_await asio::async_read(socket, into, asio::use_awaitable);
    }
    co_return answer;
  }

  std::vector<std::string> asked_;
  std::unique_ptr<dns_server> dns_;
};

TEST_F(DnsServerTest, AnswersOverUdp) {
  const std::string wire =
      run(over_udp(question("example.net", dns::record_type::mx), dns_->at().port));
  const auto said = dns::parse_message(wire);
  ASSERT_TRUE(said);
  EXPECT_EQ(said->id, 7);
  EXPECT_EQ(said->answers.size(), 1U);
  EXPECT_EQ(asked_, std::vector<std::string>{"example.net"});
}

TEST_F(DnsServerTest, AnswersOverTcp) {
  const std::string wire =
      run(over_tcp(question("no.example.net", dns::record_type::a), dns_->at().port));
  const auto said = dns::parse_message(wire);
  ASSERT_TRUE(said);
  EXPECT_EQ(said->code, dns::response_code::name_error);
  EXPECT_EQ(asked_.size(), 2U);
}

TEST_F(DnsServerTest, AnswersSlowly) {
  const time_point before = time_.now();
  const std::string wire =
      run(over_udp(question("late.example", dns::record_type::mx), dns_->at().port));
  EXPECT_TRUE(dns::parse_message(wire));
  EXPECT_GE(time_.now() - before, std::chrono::milliseconds(30));
}

struct told_apart {
  const char* name;
  dns::lookup_status status;
};

// What the real resolver makes of each temper.
TEST_F(DnsServerTest, TempersReachTheResolver) {
  dns::cares_options options;
  options.servers = {net::to_string(dns_->at())};
  options.try_timeout = std::chrono::milliseconds(1000);
  options.tries = 1;
  dns::cares_resolver resolver(io_.get_executor(), time_, options);
  const told_apart cases[] = {
      {"example.net", dns::lookup_status::ok},
      {"www.example.net", dns::lookup_status::ok},
      {"late.example", dns::lookup_status::ok},
      {"cut.example", dns::lookup_status::ok},
      {"mx1.example.net", dns::lookup_status::no_data},
      {"no.example.net", dns::lookup_status::nx_domain},
      {"broken.example", dns::lookup_status::server_failure},
      {"refused.example", dns::lookup_status::refused},
      {"garbage.example", dns::lookup_status::malformed},
      {"gone.example", dns::lookup_status::timed_out},
  };
  for (const told_apart& each : cases) {
    const time_point deadline = time_.now() + std::chrono::seconds(20);
    const auto answer = run(resolver.mx(each.name, deadline));
    EXPECT_EQ(dns::to_string(answer.status), dns::to_string(each.status)) << each.name;
  }
}

}  // namespace
}  // namespace cbv::sim
