// The other side of a connection, in memory: what a test sends, and what it was sent.
#ifndef CBV_TESTS_API_FAKE_PEER_HPP
#define CBV_TESTS_API_FAKE_PEER_HPP

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/error.hpp>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "cbv/async/wakeup.hpp"
#include "cbv/net/stream.hpp"

namespace cbv::api {

/// The far end of a connection whose near end the code under test holds. Outlives the stream() it
/// gave out.
class fake_peer {
 public:
  explicit fake_peer(const asio::any_io_executor& executor) : changed_(executor) {}

  /// The near end. Once.
  std::unique_ptr<net::stream> stream() { return std::make_unique<near_end>(*this); }

  void send(std::string_view octets) {
    sent_ += octets;
    changed_.notify();
  }
  /// Half-closes: nothing more will be sent.
  void end() {
    ended_ = true;
    changed_.notify();
  }
  /// Loses the connection: whatever is done at the near end now fails.
  void vanish() {
    lost_ = true;
    changed_.notify();
  }
  /// Reads no more than this many octets from now on.
  void read_at_most(std::size_t octets) { room_ = octets; }

  /// What the near end has written since this was asked last.
  std::string take_received() { return std::exchange(received_, {}); }
  const std::string& received() const noexcept { return received_; }

  /// How much of what was sent has not been read at the near end.
  std::size_t unread() const noexcept { return sent_.size(); }

  bool closed() const noexcept { return closed_; }

 private:
  class near_end final : public net::stream {
   public:
    explicit near_end(fake_peer& of) : of_(of) {}
    ~near_end() override { near_end::close(); }

    awaitable<result<std::size_t>> read_some(std::span<char> into) override {
      while (true) {
        if (of_.closed_) co_return error_code(asio::error::bad_descriptor);
        if (of_.lost_) co_return error_code(asio::error::connection_reset);
        if (!of_.sent_.empty()) break;
        if (of_.ended_) co_return error_code(asio::error::eof);
        co_await of_.changed_.wait();
      }
      const std::size_t count = std::min(into.size(), of_.sent_.size());
      std::copy_n(of_.sent_.begin(), count, into.begin());
      of_.sent_.erase(0, count);
      co_return count;
    }

    awaitable<result<void>> write(std::string bytes) override {
      std::string_view left = bytes;
      while (!left.empty()) {
        if (of_.closed_) co_return error_code(asio::error::bad_descriptor);
        if (of_.lost_) co_return error_code(asio::error::broken_pipe);
        const std::size_t count = std::min(left.size(), of_.room_);
        of_.received_ += left.substr(0, count);
        of_.room_ -= count;
        left.remove_prefix(count);
        if (!left.empty()) co_await of_.changed_.wait();
      }
      co_return result<void>();
    }

    std::size_t write_now(std::string_view bytes) noexcept override {
      if (of_.closed_ || of_.lost_) return 0;
      const std::size_t count = std::min(bytes.size(), of_.room_);
      of_.received_ += bytes.substr(0, count);
      of_.room_ -= count;
      return count;
    }

    void close() noexcept override {
      of_.closed_ = true;
      of_.changed_.notify();
    }

   private:
    fake_peer& of_;
  };

  wakeup changed_;
  std::string sent_;
  std::string received_;
  std::size_t room_ = std::numeric_limits<std::size_t>::max();
  bool ended_ = false;
  bool lost_ = false;
  bool closed_ = false;
};

}  // namespace cbv::api

#endif
