// A session over a line whose far end says what a test tells it to, in virtual time.
#ifndef CBV_TESTS_CBV_SMTP_SESSION_PARTS_HPP
#define CBV_TESTS_CBV_SMTP_SESSION_PARTS_HPP

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "cbv/smtp/session.hpp"
#include "tests/cbv/net/tls_parts.hpp"
#include "tests/cbv/smtp/machine_dialogue.hpp"
#include "tests/sim/sim_pipe.hpp"
#include "tests/sim/sim_timer.hpp"

namespace cbv::smtp {

using namespace std::chrono_literals;
using sim::sim_pipe;
using std::chrono::milliseconds;

inline constexpr auto for_ever = std::chrono::hours(10'000);

/// Both directions of a line, and how the far end takes what it is sent.
struct wire {
  wire(const asio::any_io_executor& on, timer& with)
      : time(with), to_us(on, with), to_host(on, with) {}

  timer& time;
  sim_pipe to_us;
  sim_pipe to_host;
  std::string heard;               // by the host
  std::optional<error_code> deaf;  // writes fail with this
  milliseconds hears_after{0};     // a write takes this long
  int open = 0;                    // our ends
};

/// Our end of a line, or the host's.
class line_end final : public net::stream {
 public:
  line_end(std::shared_ptr<wire> on, bool is_ours)
      : on_(std::move(on)),
        is_ours_(is_ours),
        in_(is_ours ? on_->to_us : on_->to_host),
        out_(is_ours ? on_->to_host : on_->to_us) {
    on_->open += is_ours_ ? 1 : 0;
  }
  ~line_end() override {
    on_->open -= is_ours_ ? 1 : 0;
    out_.end(asio::error::eof, on_->time.now());
  }

  awaitable<result<std::size_t>> read_some(std::span<char> into) override {
    while (true) {
      co_await in_.wait_readable(on_->time.now() + for_ever);
      const auto taken = in_.take(into);
      if (!taken || *taken > 0) co_return taken;
    }
  }

  awaitable<result<void>> write(std::string bytes) override {
    if (is_ours_) {
      co_await on_->time.sleep_until(on_->time.now() + on_->hears_after);
      if (on_->deaf) co_return *on_->deaf;
      on_->heard += bytes;
    }
    out_.put(std::move(bytes), on_->time.now());
    co_return result<void>();
  }

  void close() noexcept override {
    in_.cut(asio::error::operation_aborted);
    out_.end(asio::error::eof, on_->time.now());
  }

 private:
  std::shared_ptr<wire> on_;
  bool is_ours_;
  sim_pipe& in_;
  sim_pipe& out_;
};

/// Whose questions are asked; writes down what happens to it.
class test_desk final : public session_desk {
 public:
  explicit test_desk(timer& time) : time_(time), start_(time.now()) {}

  std::optional<inquiry> next() override {
    if (waiting.empty()) return std::nullopt;
    inquiry one = std::move(waiting.front());
    waiting.pop_front();
    note("takes " + to_string(one.recipient));
    return one;
  }
  void heard(const counted_reply& /*said*/) override {}
  void answered(session_machine::answer with) override {
    note(with ? words(*with) : "elsewhere");
    answers.push_back(std::move(with));
  }
  void rests() override { note("rests"); }
  void ended(const smtp::ended& last) override {
    note("ended " + words(last.how) + (last.was_ready ? ", ready" : "") +
         (last.clear_may_help ? ", clear may help" : ""));
    last_end = last;
  }

  void wants(const char* recipient) {
    waiting.push_back(inquiry{*parse_mailbox(recipient), std::nullopt});
  }

  std::deque<inquiry> waiting;
  std::vector<session_machine::answer> answers;
  std::optional<smtp::ended> last_end;
  std::vector<std::string> log;  // each line with the milliseconds since the beginning

 private:
  void note(const std::string& what) {
    const auto at = std::chrono::duration_cast<milliseconds>(time_.now() - start_);
    log.push_back(std::to_string(at.count()) + ' ' + what);
  }

  timer& time_;
  time_point start_;
};

inline const std::string ehlo_said = "EHLO probe.example.net\r\n";

inline std::string asked(const std::string& recipient) {
  return "MAIL FROM:<>\r\nRCPT TO:<" + recipient + ">\r\n";
}

using lines = std::vector<std::string>;

class SessionTest : public testing::Test {
 protected:
  SessionTest() {
    plan_.helo_name = "probe.example.net";
    peer_.name = net::far_name;
    peer_.tls_key = "192.0.2.25:25";
  }

  // The host says this so long after the beginning.
  void says(milliseconds after, std::string what) {
    on_->to_us.put(std::move(what), start_ + after);
  }
  void hangs_up(milliseconds after, error_code how = asio::error::eof) {
    on_->to_us.end(how, start_ + after);
  }

  void open() {
    session_ =
        std::make_shared<session>(io_.get_executor(), time_, tls_, options_, plan_, peer_, *desk_);
    session_->tell(heard_);
    asio::co_spawn(
        io_, session_->run(std::make_unique<line_end>(on_, true)),
        asio::bind_cancellation_slot(stop_.slot(), [this](const std::exception_ptr& thrown) {
          done_ = true;
          threw_ = thrown != nullptr;
        }));
  }

  // Opens it, and lets it come to its end. How long that took.
  milliseconds run_all() {
    open();
    EXPECT_TRUE(sim::run_until(io_, time_, start_ + for_ever / 2, [this] { return done_; }));
    EXPECT_FALSE(threw_);
    EXPECT_EQ(on_->open, 0);
    return std::chrono::duration_cast<milliseconds>(time_.now() - start_);
  }

  // A new line and an empty desk.
  void again() {
    start_ = time_.now();
    on_ = std::make_shared<wire>(io_.get_executor(), time_);
    desk_.emplace(time_);
    heard_ = std::make_shared<transcript>();
    done_ = false;
    threw_ = false;
  }

  void pass_until(milliseconds after) {
    sim::run_until(io_, time_, start_ + after, [] { return false; });
  }

  sim::sim_timer time_;
  time_point start_ = time_.now();
  net::tls_client tls_ = net::make_client(time_);
  asio::io_context io_{1};
  std::shared_ptr<wire> on_ = std::make_shared<wire>(io_.get_executor(), time_);
  session_options options_;
  session_plan plan_;
  session_peer peer_;
  std::optional<test_desk> desk_{std::in_place, time_};
  std::shared_ptr<transcript> heard_ = std::make_shared<transcript>();
  std::shared_ptr<session> session_;
  asio::cancellation_signal stop_;
  bool done_ = false;
  bool threw_ = false;
};

}  // namespace cbv::smtp

#endif
