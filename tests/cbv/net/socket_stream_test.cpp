// socket_stream, tcp_dialer and listener together, over real sockets of this machine.
#include "cbv/net/socket_stream.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/async/deadline.hpp"
#include "cbv/net/listener.hpp"
#include "cbv/net/tcp_dialer.hpp"
#include "tests/cbv/run.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::net {
namespace {

using namespace std::chrono_literals;
using asio::ip::make_address;

awaitable<std::string> read_until_end(stream& from) {
  std::string all;
  std::array<char, 1000> piece{};
  while (true) {
    const std::span<char> into(piece);
    const auto count = co_await from.read_some(into);
    if (!count) {
      if (count.error() != asio::error::eof) all += '<' + count.error().message() + '>';
      co_return all;
    }
    all.append(piece.data(), *count);
  }
}

// Takes one connection, answers what it was sent up to a full stop, and closes.
awaitable<void> echo_once(listener& at) {
  auto client = co_await at.accept();
  if (!client) throw boost::system::system_error(client.error());
  std::string heard;
  std::array<char, 1000> piece{};
  while (!heard.ends_with('.')) {
    const std::span<char> into(piece);
    const auto count = co_await (*client)->read_some(into);
    if (!count) throw boost::system::system_error(count.error());
    heard.append(piece.data(), *count);
  }
  const auto written = co_await (*client)->write(heard);
  if (!written) throw boost::system::system_error(written.error());
}

awaitable<std::string> say(result<std::unique_ptr<stream>> to, std::string bytes) {
  if (!to) co_return '<' + to.error().message() + '>';
  const auto written = co_await (*to)->write(std::move(bytes));
  if (!written) co_return '<' + written.error().message() + '>';
  co_return co_await read_until_end(**to);
}

awaitable<std::string> say_over_tcp(endpoint peer, std::string bytes, tcp_dialer_options options) {
  tcp_dialer dial(options);
  auto connected = co_await dial.connect(peer);
  co_return co_await say(std::move(connected), std::move(bytes));
}

awaitable<std::string> say_over_unix(std::string path, std::string bytes) {
  tcp_dialer dial;
  auto connected = co_await dial.connect_local(std::move(path));
  co_return co_await say(std::move(connected), std::move(bytes));
}

const endpoint any_loopback_port{make_address("127.0.0.1"), 0};

TEST(SocketStream, CarriesBytesOverTcp) {
  asio::io_context context(1);
  auto at = listen_tcp(context.get_executor(), any_loopback_port);
  ASSERT_TRUE(at) << at.error().message();
  const endpoint peer{any_loopback_port.address, (*at)->port()};
  EXPECT_EQ((*at)->name(), to_string(peer));
  asio::co_spawn(context, echo_once(**at), [](const std::exception_ptr& e) { EXPECT_FALSE(e); });
  const std::string much = std::string(1'000'000, 'x') + '.';
  EXPECT_EQ(run(context, say_over_tcp(peer, much, {})), much);
}

TEST(SocketStream, CarriesBytesOverUnixSockets) {
  const temporary_folder folder;
  const std::string path = folder.inside("socket");
  asio::io_context context(1);
  auto at = listen_local(context.get_executor(), path, {.mode = 0640, .owner = {}, .group = {}});
  ASSERT_TRUE(at) << at.error().message();
  EXPECT_EQ((*at)->name(), path);
  struct stat found {};
  ASSERT_EQ(::stat(path.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0640U);
  asio::co_spawn(context, echo_once(**at), [](const std::exception_ptr& e) { EXPECT_FALSE(e); });
  EXPECT_EQ(run(context, say_over_unix(path, "hello.")), "hello.");
  at->reset();
  EXPECT_FALSE(std::filesystem::exists(path));
}

awaitable<void> knock_twice(listener& at) {
  tcp_dialer network;
  const endpoint peer{make_address("127.0.0.1"), at.port()};
  for (int i = 0; i < 2; ++i) {
    auto near = co_await network.connect(peer);
    if (!near) throw boost::system::system_error(near.error());
    if (i == 0) {
      const std::string heard = co_await read_until_end(**near);
      EXPECT_EQ(heard, "") << "closed at once";
    }
  }
}

TEST(SocketStream, TakesConnectionsOfThoseWhoAreAdmitted) {
  asio::io_context context(1);
  std::vector<asio::ip::address> asked;
  auto at = listen_tcp(context.get_executor(), any_loopback_port,
                       [&asked](const asio::ip::address& from) {
                         asked.push_back(from);
                         return asked.size() > 1;
                       });
  ASSERT_TRUE(at);
  bool accepted = false;
  asio::co_spawn(context, (*at)->accept(), [&](const std::exception_ptr& thrown, auto one) {
    EXPECT_FALSE(thrown);
    accepted = one.has_value();
  });
  run(context, knock_twice(**at));
  EXPECT_TRUE(accepted);
  EXPECT_EQ(asked, std::vector(2, make_address("127.0.0.1")));
}

awaitable<void> write_without_waiting(listener& at) {
  tcp_dialer network;
  const endpoint peer{make_address("127.0.0.1"), at.port()};
  auto near = co_await network.connect(peer);
  auto far = co_await at.accept();
  if (!near || !far) throw boost::system::system_error(near ? far.error() : near.error());
  const std::string too_much(64 << 20, 'x');
  const std::size_t taken = (*near)->write_now(too_much);
  EXPECT_GT(taken, 0U);
  EXPECT_LT(taken, too_much.size());
  EXPECT_EQ((*near)->write_now("more"), 0U);
  (*near)->close();
  EXPECT_EQ((*near)->write_now("more"), 0U) << "closed";
  const std::string heard = co_await read_until_end(**far);
  EXPECT_EQ(heard.size(), taken);
}

TEST(SocketStream, TakesWhatGoesWithoutWaiting) {
  asio::io_context io;
  auto at = listen_tcp(io.get_executor(), endpoint{make_address("127.0.0.1"), 0});
  ASSERT_TRUE(at);
  run(io, write_without_waiting(**at));
}

TEST(SocketStream, SaysWhyItCannotConnect) {
  const temporary_folder folder;
  const auto text = [](auto code) { return '<' + error_code(code).message() + '>'; };
  EXPECT_EQ(
      run(say_over_unix(folder.inside("nobody"), "x")),
      text(boost::system::errc::make_error_code(boost::system::errc::no_such_file_or_directory)));
  EXPECT_EQ(run(say_over_unix(std::string(200, 'x'), "x")), text(asio::error::name_too_long));
  EXPECT_EQ(run(say_over_unix("", "x")), text(asio::error::invalid_argument));
}

TEST(SocketStream, ATimeoutEndsARead) {
  asio::io_context context(1);
  auto at = listen_tcp(context.get_executor(), any_loopback_port);
  ASSERT_TRUE(at);
  const auto wait = [](listener& from, endpoint peer) -> awaitable<result<std::size_t>> {
    tcp_dialer dial;
    system_timer time;
    auto client = co_await dial.connect(peer);
    auto server = co_await from.accept();
    std::array<char, 10> piece{};
    const std::span<char> into(piece);
    auto reading = (*client)->read_some(into);
    co_return co_await with_deadline(time, time.now() + 1ms, std::move(reading));
  };
  const auto read = run(context, wait(**at, endpoint{any_loopback_port.address, (*at)->port()}));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error(), errc::timed_out);
}

TEST(TcpDialer, SaysThatNobodyListens) {
  asio::io_context context(1);
  auto at = listen_tcp(context.get_executor(), any_loopback_port);
  ASSERT_TRUE(at);
  const endpoint peer{any_loopback_port.address, (*at)->port()};
  at->reset();
  EXPECT_EQ(run(say_over_tcp(peer, "x", {})),
            '<' + error_code(asio::error::connection_refused).message() + '>');
}

TEST(TcpDialer, CallsFromTheChosenAddress) {
  asio::io_context context(1);
  auto at = listen_tcp(context.get_executor(), any_loopback_port);
  ASSERT_TRUE(at);
  const endpoint peer{any_loopback_port.address, (*at)->port()};
  tcp_dialer_options options;
  options.source_v4 = asio::ip::make_address_v4("127.0.0.9");
  asio::co_spawn(context, echo_once(**at), [](const std::exception_ptr& e) { EXPECT_FALSE(e); });
  EXPECT_EQ(run(context, say_over_tcp(peer, "hello.", options)), "hello.");

  options.source_v4 = asio::ip::make_address_v4("192.0.2.1");  // not ours
  EXPECT_EQ(run(context, say_over_tcp(peer, "x", options)),
            '<' +
                boost::system::errc::make_error_code(boost::system::errc::address_not_available)
                    .message() +
                '>');
}

TEST(Listener, TakesThePlaceOfADeadOneOnly) {
  const temporary_folder folder;
  asio::io_context context(1);
  const std::string path = folder.inside("socket");
  {
    auto first = listen_local(context.get_executor(), path);
    ASSERT_TRUE(first);
    EXPECT_EQ(listen_local(context.get_executor(), path).error(), asio::error::address_in_use);
    std::ofstream(folder.inside("file")) << "mine";
    std::filesystem::create_hard_link(path, folder.inside("left"));
  }
  EXPECT_FALSE(std::filesystem::exists(path));
  EXPECT_TRUE(listen_local(context.get_executor(), folder.inside("left")));
  EXPECT_EQ(listen_local(context.get_executor(), folder.inside("file")).error(),
            asio::error::address_in_use);
  EXPECT_TRUE(std::filesystem::exists(folder.inside("file")));
  EXPECT_EQ(listen_local(context.get_executor(), std::string(200, 'x')).error(),
            asio::error::name_too_long);
}

TEST(Listener, AcceptEndsWhenItIsClosed) {
  asio::io_context context(1);
  auto at = listen_tcp(context.get_executor(), any_loopback_port);
  ASSERT_TRUE(at);
  error_code ended;
  const auto accept = [](listener& from, error_code& into) -> awaitable<void> {
    auto client = co_await from.accept();
    if (!client) into = client.error();
  };
  asio::co_spawn(context, accept(**at, ended),
                 [](const std::exception_ptr& e) { EXPECT_FALSE(e); });
  context.poll();
  (*at)->close();
  context.run();
  EXPECT_EQ(ended, asio::error::operation_aborted);
}

TEST(Listener, RefusesAPortThatIsTaken) {
  asio::io_context context(1);
  auto first = listen_tcp(context.get_executor(), any_loopback_port);
  ASSERT_TRUE(first);
  const endpoint taken{any_loopback_port.address, (*first)->port()};
  EXPECT_EQ(listen_tcp(context.get_executor(), taken).error(), asio::error::address_in_use);
}

}  // namespace
}  // namespace cbv::net
