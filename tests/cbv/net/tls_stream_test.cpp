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
#include <boost/system/errc.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <exception>
#include <functional>
#include <optional>
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

// What a test does with a line on one end.
using part = std::function<awaitable<void>(std::unique_ptr<stream>)>;

class TlsStream : public testing::Test {
 protected:
  TlsStream() : on_(std::make_shared<wire>(io_.get_executor(), time_)) {}

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

TEST_F(TlsStream, CarriesLines) {
  told client;
  start(echo_line(server_end(), server_));
  start(say(client_end(), client_, ask_for(far_name), "EHLO probe.example\r\n", client));
  run_all();
  EXPECT_EQ(client.heard, "EHLO probe.example\r\n");
  EXPECT_TRUE(client.handshake.facts.verified);
  EXPECT_EQ(client.handshake.facts.protocol, "TLSv1.3");
}

}  // namespace
}  // namespace cbv::net
