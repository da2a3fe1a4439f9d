// start_tls and accept_tls, over simulated lines in virtual time and over real sockets.
#include "cbv/net/tls_stream.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "cbv/async/deadline.hpp"
#include "cbv/net/listener.hpp"
#include "cbv/net/tcp_dialer.hpp"
#include "tests/cbv/net/tls_parts.hpp"
#include "tests/cbv/run.hpp"
#include "tests/sim/sim_pipe.hpp"
#include "tests/sim/sim_timer.hpp"

namespace cbv::net {
namespace {

using namespace std::chrono_literals;
using sim::certificate_kind;
using sim::sim_pipe;
using sim::sim_timer;

constexpr std::chrono::hours forever{24 * 365};

// Both directions of a line between two ends.
struct wire {
  wire(const asio::any_io_executor& on, sim_timer& with)
      : time(with), a_to_b(on, with), b_to_a(on, with) {}

  sim_timer& time;
  sim_pipe a_to_b;
  sim_pipe b_to_a;
  std::size_t piece = 65'536;  // what is written arrives in pieces of so many octets
};

class line_end final : public stream {
 public:
  line_end(std::shared_ptr<wire> on, sim_pipe& in, sim_pipe& out)
      : on_(std::move(on)), in_(in), out_(out) {}
  ~line_end() override { hang_up(); }

  awaitable<result<std::size_t>> read_some(std::span<char> into) override {
    while (!closed_) {
      co_await in_.wait_readable(on_->time.now() + forever);
      const auto taken = in_.take(into.first(std::min(into.size(), on_->piece)));
      if (!taken || *taken > 0) co_return taken;
    }
    co_return error_code(asio::error::operation_aborted);
  }

  awaitable<result<void>> write(std::string bytes) override {
    if (closed_) co_return error_code(asio::error::operation_aborted);
    co_await out_.wait_room(65'536, on_->time.now() + forever);
    out_.put(std::move(bytes), on_->time.now() + 5ms);
    co_return result<void>();
  }

  void write_at_once(std::string_view bytes) noexcept override {
    if (!closed_) out_.put(std::string(bytes), on_->time.now() + 5ms);
  }

  void close() noexcept override { hang_up(); }

 private:
  void hang_up() {
    if (std::exchange(closed_, true)) return;
    out_.end(asio::error::eof, on_->time.now() + 5ms);
    in_.cut(asio::error::operation_aborted);
  }

  std::shared_ptr<wire> on_;
  sim_pipe& in_;
  sim_pipe& out_;
  bool closed_ = false;
};

class TlsStreamTest : public testing::Test {
 protected:
  TlsStreamTest() : on_(std::make_shared<wire>(io_.get_executor(), time_)) {}

  std::unique_ptr<stream> client_end() {
    return std::make_unique<line_end>(on_, on_->b_to_a, on_->a_to_b);
  }
  std::unique_ptr<stream> server_end() {
    return std::make_unique<line_end>(on_, on_->a_to_b, on_->b_to_a);
  }

  void start(awaitable<void> work) {
    ++running_;
    asio::co_spawn(io_, std::move(work), [this](const std::exception_ptr& thrown) {
      --running_;
      if (thrown) std::rethrow_exception(thrown);
    });
  }

  // Lets time pass until all that was started has ended.
  void run_all() {
    EXPECT_TRUE(run_until(io_, time_, time_.now() + forever, [this] { return running_ == 0; }))
        << running_ << " hang";
  }

  sim_timer time_;
  tls_client client_ = make_client(time_);
  tls_server server_ = make_server();
  asio::io_context io_{1};
  std::shared_ptr<wire> on_;
  int running_ = 0;
};

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

awaitable<std::string> read_line(stream& from) {
  std::string all;
  std::array<char, 100> piece{};
  while (!all.ends_with('\n')) {
    const std::span<char> into(piece);
    const auto count = co_await from.read_some(into);
    if (!count) co_return all + '<' + count.error().message() + '>';
    all.append(piece.data(), *count);
  }
  co_return all;
}

// Takes a handshake, answers one line with it, and closes.
awaitable<void> echo_line(std::unique_ptr<stream> clear, tls_server& with) {
  auto accepted = co_await accept_tls(std::move(clear), with);
  if (!accepted->line) co_return;
  std::string line = co_await read_line(*accepted->line);
  co_await accepted->line->write(std::move(line));
}

struct told {
  secured handshake;
  std::string heard;
};

awaitable<void> say(std::unique_ptr<stream> clear, tls_client& with, tls_request asked,
                    std::string line, told& into) {
  auto started = co_await start_tls(std::move(clear), with, std::move(asked));
  into.handshake = *std::move(started);
  if (!into.handshake.line) co_return;
  const auto written = co_await into.handshake.line->write(std::move(line));
  if (!written) co_return;
  into.heard = co_await read_until_end(*into.handshake.line);
}

TEST_F(TlsStreamTest, CarriesLines) {
  told client;
  start(echo_line(server_end(), server_));
  start(say(client_end(), client_, ask_for(far_name), "EHLO probe.example\r\n", client));
  run_all();
  EXPECT_EQ(client.heard, "EHLO probe.example\r\n");
  EXPECT_TRUE(client.handshake.facts.verified);
  EXPECT_EQ(client.handshake.facts.protocol, "TLSv1.3");
}

TEST_F(TlsStreamTest, CarriesBigDataInTinyPieces) {
  on_->piece = 7;
  told client;
  const std::string much = std::string(100'000, 'x') + "\n";
  start(echo_line(server_end(), server_));
  start(say(client_end(), client_, ask_for(far_name), much, client));
  run_all();
  EXPECT_EQ(client.heard, much);
}

// Both directions are busy at once, on one stream.
TEST_F(TlsStreamTest, ReadsAndWritesAtOnce) {
  const std::string much = std::string(1'000'000, 'x') + '\n';
  const auto echo = [](std::unique_ptr<stream> clear, tls_server& with,
                       std::string back) -> awaitable<void> {
    auto accepted = co_await accept_tls(std::move(clear), with);
    auto writing = accepted->line->write(std::move(back));
    const auto written = co_await std::move(writing);
    EXPECT_TRUE(written);
    const std::string heard = co_await read_line(*accepted->line);
    EXPECT_EQ(heard.size(), 1'000'001U);
  };
  std::unique_ptr<stream> line;
  std::string heard;
  const auto begin = [](std::unique_ptr<stream> clear, tls_client& with,
                        std::unique_ptr<stream>& into) -> awaitable<void> {
    tls_request asked = ask_for(far_name);
    auto started = co_await start_tls(std::move(clear), with, std::move(asked));
    into = std::move(started->line);
  };
  start(echo(server_end(), server_, much));
  start(begin(client_end(), client_, line));
  EXPECT_TRUE(run_until(io_, time_, time_.now() + 1h, [&] { return line != nullptr; }));
  const auto read = [](stream& from, std::string& into) -> awaitable<void> {
    into = co_await read_until_end(from);
  };
  const auto write = [](stream& to, std::string bytes) -> awaitable<void> {
    const auto written = co_await to.write(std::move(bytes));
    EXPECT_TRUE(written);
  };
  start(read(*line, heard));
  start(write(*line, much));
  run_all();
  EXPECT_EQ(heard, much);
}

TEST_F(TlsStreamTest, SaysWhyAHandshakeFails) {
  tls_server forged = make_server(certificate_kind::self_signed);
  told client;
  start(echo_line(server_end(), forged));
  start(say(client_end(), client_, ask_for(far_name), "x\n", client));
  run_all();
  EXPECT_EQ(client.handshake.line, nullptr);
  EXPECT_EQ(client.handshake.failure, "certificate verify failed: self-signed certificate");
  EXPECT_TRUE(on_->a_to_b.is_readable()) << "the connection is closed";
}

// The server is told why, too.
TEST_F(TlsStreamTest, AFailedHandshakeLeavesWithAnAlert) {
  tls_server forged = make_server(certificate_kind::expired);
  told client;
  std::string why;
  const auto accept = [](std::unique_ptr<stream> clear, tls_server& with,
                         std::string& into) -> awaitable<void> {
    auto accepted = co_await accept_tls(std::move(clear), with);
    if (accepted->line) {  // TLS 1.3: a server is done before the client has looked
      std::array<char, 10> piece{};
      const std::span<char> room(piece);
      const auto read = co_await accepted->line->read_some(room);
      into = read.error().message();
    } else {
      into = accepted->failure;
    }
  };
  start(accept(server_end(), forged, why));
  start(say(client_end(), client_, ask_for(far_name), "x\n", client));
  run_all();
  EXPECT_EQ(client.handshake.failure, "certificate verify failed: certificate has expired");
  EXPECT_EQ(why, "the peer's alert: certificate expired");
}

struct answer_row {
  const char* answer;  // to the ClientHello
  bool closes;
  const char* failure;
};

TEST_F(TlsStreamTest, SaysWhatCameInPlaceOfTls) {
  const answer_row rows[] = {
      {"", true, "the peer closed during the handshake"},
      {"\x16\x03", true, "the peer closed during the handshake"},
      {"454 4.7.0 TLS not available\r\n", false, "wrong version number"},
      {"\x15\x03\x03\x01", true, "the peer closed during the handshake"},
  };
  for (const answer_row& row : rows) {
    on_ = std::make_shared<wire>(io_.get_executor(), time_);
    const auto answer = [](std::unique_ptr<stream> line, answer_row with) -> awaitable<void> {
      std::array<char, 4000> piece{};
      const std::span<char> into(piece);
      co_await line->read_some(into);
      std::string bytes = with.answer;
      if (!bytes.empty()) co_await line->write(std::move(bytes));
      if (!with.closes) co_await line->read_some(into);
    };
    told client;
    start(answer(server_end(), row));
    start(say(client_end(), client_, ask_for(far_name), "x\n", client));
    run_all();
    EXPECT_EQ(client.handshake.line, nullptr);
    EXPECT_EQ(client.handshake.failure, row.failure);
  }
}

TEST_F(TlsStreamTest, ATornLineIsSaidInWords) {
  told client;
  start(say(client_end(), client_, ask_for(far_name), "x\n", client));
  EXPECT_FALSE(run_until(io_, time_, time_.now() + 10ms, [this] { return running_ == 0; }));
  on_->b_to_a.cut(asio::error::connection_reset);
  run_all();
  EXPECT_EQ(client.handshake.failure,
            error_code(asio::error::connection_reset).message() + " during the handshake");
}

// With and without a close_notify the end is the end, and what came before it counts.
TEST_F(TlsStreamTest, ThePeerClosesInTheMiddle) {
  for (const bool orderly : {true, false}) {
    on_ = std::make_shared<wire>(io_.get_executor(), time_);
    const auto leave = [](std::unique_ptr<stream> clear, tls_server& with, std::shared_ptr<wire> on,
                          bool says_so) -> awaitable<void> {
      auto accepted = co_await accept_tls(std::move(clear), with);
      std::string words = "421 bye\r\n";
      co_await accepted->line->write(std::move(words));
      if (!says_so) on->b_to_a.end(asio::error::eof, on->time.now() + 5ms);
    };
    told client;
    start(leave(server_end(), server_, on_, orderly));
    start(say(client_end(), client_, ask_for(far_name), "EHLO probe.example\r\n", client));
    run_all();
    EXPECT_EQ(client.heard, "421 bye\r\n");
  }
}

TEST_F(TlsStreamTest, ABrokenRecordIsAnError) {
  const auto break_in = [](std::unique_ptr<stream> clear, tls_server& with,
                           std::shared_ptr<wire> on) -> awaitable<void> {
    auto accepted = co_await accept_tls(std::move(clear), with);
    on->b_to_a.put("250 injected\r\n", on->time.now() + 6ms);
    co_await read_line(*accepted->line);
  };
  told client;
  start(break_in(server_end(), server_, on_));
  start(say(client_end(), client_, ask_for(far_name), "EHLO probe.example\r\n", client));
  run_all();
  EXPECT_EQ(client.heard, "<Protocol error>");
}

TEST_F(TlsStreamTest, ADeadlineEndsAHandshakeAndARead) {
  const auto shake = [](std::unique_ptr<stream> clear, tls_client& with,
                        timer& time) -> awaitable<void> {
    tls_request asked = ask_for(far_name);
    auto starting = start_tls(std::move(clear), with, std::move(asked));
    const time_point from = time.now();
    const auto started = co_await with_deadline(time, from + 30s, std::move(starting));
    EXPECT_EQ(started.error(), errc::timed_out);
    EXPECT_EQ(time.now(), from + 30s);
  };
  const auto mute = server_end();
  start(shake(client_end(), client_, time_));
  run_all();

  on_ = std::make_shared<wire>(io_.get_executor(), time_);
  const auto wait = [](std::unique_ptr<stream> clear, tls_client& with,
                       timer& time) -> awaitable<void> {
    tls_request asked = ask_for(far_name);
    auto started = co_await start_tls(std::move(clear), with, std::move(asked));
    std::array<char, 10> piece{};
    const std::span<char> into(piece);
    auto reading = started->line->read_some(into);
    const auto read = co_await with_deadline(time, time.now() + 5min, std::move(reading));
    EXPECT_EQ(read.error(), errc::timed_out);
    // A read that was cancelled has lost nothing.
    auto again = started->line->read_some(into);
    const auto then = co_await with_deadline(time, time.now() + 10min, std::move(again));
    EXPECT_EQ(std::string_view(piece.data(), *then), "250 late");
  };
  const auto answer_late = [](std::unique_ptr<stream> clear, tls_server& with,
                              timer& time) -> awaitable<void> {
    auto accepted = co_await accept_tls(std::move(clear), with);
    co_await time.sleep_until(time.now() + 10min);
    std::string words = "250 late";
    co_await accepted->line->write(std::move(words));
  };
  start(answer_late(server_end(), server_, time_));
  start(wait(client_end(), client_, time_));
  run_all();
}

TEST_F(TlsStreamTest, CancellationIsThrown) {
  asio::cancellation_signal stop;
  bool was_cancelled = false;
  const auto mute = server_end();
  tls_request asked = ask_for(far_name);
  asio::co_spawn(io_, start_tls(client_end(), client_, std::move(asked)),
                 asio::bind_cancellation_slot(
                     stop.slot(), [&](const std::exception_ptr& thrown, const result<secured>&) {
                       try {
                         if (thrown) std::rethrow_exception(thrown);
                       } catch (const boost::system::system_error& problem) {
                         was_cancelled = problem.code() == asio::error::operation_aborted;
                       }
                     }));
  EXPECT_FALSE(run_until(io_, time_, time_.now() + 1s, [] { return false; }));
  stop.emit(asio::cancellation_type::terminal);
  run_until(io_, time_, time_.now() + 1s, [&] { return was_cancelled; });
  EXPECT_TRUE(was_cancelled);
}

TEST_F(TlsStreamTest, AfterCloseNothingGoes) {
  const auto talk = [](std::unique_ptr<stream> clear, tls_client& with) -> awaitable<void> {
    tls_request asked = ask_for(far_name);
    auto started = co_await start_tls(std::move(clear), with, std::move(asked));
    started->line->write_at_once("QUIT\r\n");
    started->line->close();
    started->line->close();
    started->line->write_at_once("more");
    std::string words = "more";
    const auto written = co_await started->line->write(std::move(words));
    EXPECT_EQ(written.error(), asio::error::operation_aborted);
    std::array<char, 10> piece{};
    const std::span<char> into(piece);
    const auto read = co_await started->line->read_some(into);
    EXPECT_EQ(read.error(), asio::error::operation_aborted);
  };
  std::string heard;
  const auto listen = [](std::unique_ptr<stream> clear, tls_server& with,
                         std::string& into) -> awaitable<void> {
    auto accepted = co_await accept_tls(std::move(clear), with);
    into = co_await read_until_end(*accepted->line);
  };
  start(listen(server_end(), server_, heard));
  start(talk(client_end(), client_));
  run_all();
  EXPECT_EQ(heard, "QUIT\r\n");
}

TEST_F(TlsStreamTest, ResumesOverTheSameServer) {
  for (const bool is_first : {true, false}) {
    on_ = std::make_shared<wire>(io_.get_executor(), time_);
    told client;
    start(echo_line(server_end(), server_));
    start(say(client_end(), client_, ask_for(far_name, true, "192.0.2.1:25"), "x\n", client));
    run_all();
    EXPECT_EQ(client.handshake.facts.resumed, !is_first);
    EXPECT_TRUE(client.handshake.facts.verified);
  }
}

// Real sockets

awaitable<void> serve_once(listener& at, tls_server& with) {
  auto client = co_await at.accept();
  co_await echo_line(*std::move(client), with);
}

awaitable<void> say_over_tcp(endpoint peer, tls_client& with, std::string line, told& into) {
  tcp_dialer dial;
  auto connected = co_await dial.connect(std::move(peer));
  tls_request asked = ask_for(far_name);
  co_await say(*std::move(connected), with, std::move(asked), std::move(line), into);
}

TEST(TlsOverSockets, CarriesMuch) {
  const system_timer time;
  tls_client with = make_client(time);
  tls_server server = make_server();
  asio::io_context context(1);
  auto at = listen_tcp(context.get_executor(), {asio::ip::make_address("127.0.0.1"), 0});
  ASSERT_TRUE(at) << at.error().message();
  const std::string much = std::string(1'000'000, 'x') + '\n';
  told client;
  asio::co_spawn(context, serve_once(**at, server),
                 [](const std::exception_ptr& e) { EXPECT_FALSE(e); });
  const endpoint peer{asio::ip::make_address("127.0.0.1"), (*at)->port()};
  run(context, say_over_tcp(peer, with, much, client));
  EXPECT_EQ(client.handshake.failure, "");
  EXPECT_EQ(client.heard, much);
}

TEST(TlsOverSockets, SaysThatAServerSpeaksNone) {
  const system_timer time;
  tls_client with = make_client(time);
  asio::io_context context(1);
  auto at = listen_tcp(context.get_executor(), {asio::ip::make_address("127.0.0.1"), 0});
  ASSERT_TRUE(at) << at.error().message();
  const auto greet = [](listener& from) -> awaitable<void> {
    auto client = co_await from.accept();
    std::string words = "220 mx1.example.net ESMTP\r\n";
    co_await (*client)->write(std::move(words));
    co_await read_until_end(**client);
  };
  told client;
  asio::co_spawn(context, greet(**at), [](const std::exception_ptr& e) { EXPECT_FALSE(e); });
  const endpoint peer{asio::ip::make_address("127.0.0.1"), (*at)->port()};
  run(context, say_over_tcp(peer, with, "x\n", client));
  EXPECT_EQ(client.handshake.failure, "wrong version number");
}

}  // namespace
}  // namespace cbv::net
