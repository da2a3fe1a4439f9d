#include "cbv/net/tls_stream.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/error.hpp>
#include <boost/system/errc.hpp>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>

namespace cbv::net {
namespace {

constexpr std::size_t handshake_read_octets = 2048;

// As much plaintext as one record may have (RFC 8446 section 5.1): what is encrypted ahead of the
// line is never more.
constexpr std::size_t write_octets = 16'384;

error_code broken_record() {
  return boost::system::errc::make_error_code(boost::system::errc::protocol_error);
}

class tls_stream final : public stream {
 public:
  tls_stream(std::unique_ptr<stream> clear, std::unique_ptr<tls_machine> machine)
      : clear_(std::move(clear)), machine_(std::move(machine)) {}
  ~tls_stream() override { hang_up(); }

  // The peer's octets are read to where the plaintext goes: a stream that waits holds no buffer.
  // What is to be answered (new keys, alerts) leaves with the next write, since only one may be
  // under way.
  awaitable<result<std::size_t>> read_some(std::span<char> into) override {
    while (!closed_) {
      const std::size_t taken = machine_->read(into);
      if (taken > 0) co_return taken;
      if (machine_->at() == tls_machine::phase::failed) co_return broken_record();
      if (machine_->is_at_end()) co_return error_code(asio::error::eof);
      const auto read = co_await clear_->read_some(into);
      if (!read && read.error() != asio::error::eof) co_return read.error();
      if (read) {
        machine_->receive(std::string_view(into.data(), *read));
      } else {
        machine_->receive_end();
      }
    }
    co_return error_code(asio::error::operation_aborted);
  }

  awaitable<result<void>> write(std::string bytes) override {
    const under_way here(writing_);
    for (std::size_t at = 0; at < bytes.size() && !closed_; at += write_octets) {
      machine_->write(std::string_view(bytes).substr(at, write_octets));
      if (machine_->at() == tls_machine::phase::failed) co_return broken_record();
      std::string output = machine_->take_output();
      const auto written = co_await clear_->write(std::move(output));
      if (!written) co_return written.error();
    }
    if (closed_) co_return error_code(asio::error::operation_aborted);
    here.finish();
    co_return result<void>();
  }

  void write_at_once(std::string_view bytes) noexcept override {
    if (closed_ || writing_) return;
    machine_->write(bytes);
    clear_->write_at_once(machine_->take_output());
  }

  void close() noexcept override { hang_up(); }

 private:
  // Stays set if a write failed or was cancelled: part of a record may have left, and whatever
  // comes behind it is garbage.
  class under_way {
   public:
    explicit under_way(bool& flag) : flag_(flag) { flag_ = true; }
    void finish() const { flag_ = false; }

   private:
    bool& flag_;
  };

  void hang_up() noexcept {
    if (std::exchange(closed_, true)) return;
    if (!writing_) {
      machine_->close();
      clear_->write_at_once(machine_->take_output());
    }
    clear_->close();
  }

  std::unique_ptr<stream> clear_;
  std::unique_ptr<tls_machine> machine_;
  bool writing_ = false;
  bool closed_ = false;
};

secured failed(std::string why) {
  secured outcome;
  outcome.failure = std::move(why);
  return outcome;
}

awaitable<result<secured>> shake_hands(std::unique_ptr<stream> clear,
                                       std::unique_ptr<tls_machine> machine) {
  std::array<char, handshake_read_octets> piece;  // NOLINT(*-member-init): read_some fills it
  while (true) {
    std::string output = machine->take_output();
    if (machine->at() == tls_machine::phase::failed) {
      clear->write_at_once(output);  // the alert that tells the peer
      co_return failed(machine->failure());
    }
    if (!output.empty()) {
      const auto written = co_await clear->write(std::move(output));
      if (!written) co_return failed(written.error().message());
    }
    if (machine->at() == tls_machine::phase::open) break;
    const std::span<char> into(piece);
    const auto read = co_await clear->read_some(into);
    if (read) {
      machine->receive(std::string_view(piece.data(), *read));
    } else if (read.error() == asio::error::eof) {
      machine->receive_end();
    } else {
      co_return failed(read.error().message() + " during the handshake");
    }
  }
  secured outcome;
  outcome.facts = machine->facts();
  outcome.line = std::make_unique<tls_stream>(std::move(clear), std::move(machine));
  co_return std::move(outcome);
}

}  // namespace

awaitable<result<secured>> start_tls(std::unique_ptr<stream> clear, tls_client& with,
                                     tls_request asked) {
  auto machine = with.begin(asked);
  co_return co_await shake_hands(std::move(clear), std::move(machine));
}

awaitable<result<secured>> accept_tls(std::unique_ptr<stream> clear, tls_server& with) {
  auto machine = with.begin();
  co_return co_await shake_hands(std::move(clear), std::move(machine));
}

}  // namespace cbv::net
