// A session with one host over a real or a simulated network: carries the bytes of session_machine.
#ifndef CBV_SMTP_SESSION_HPP
#define CBV_SMTP_SESSION_HPP

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cbv/async/timer.hpp"
#include "cbv/async/wakeup.hpp"
#include "cbv/net/stream.hpp"
#include "cbv/net/tls_client.hpp"
#include "cbv/smtp/probe.hpp"
#include "cbv/smtp/reply.hpp"
#include "cbv/smtp/session_machine.hpp"
#include "cbv/smtp/transcript.hpp"

namespace cbv::smtp {

struct session_options {
  stage_limits limits;
  reply_limits replies;
};

/// Whose questions a session asks. Called on the thread of the session; outlives it.
class session_desk {
 public:
  session_desk() = default;
  session_desk(const session_desk&) = delete;
  session_desk& operator=(const session_desk&) = delete;
  virtual ~session_desk() = default;

  /// The next question, or nothing.
  virtual std::optional<inquiry> next() = 0;

  /// The answer to the oldest question without one; nothing: ask it in another session.
  virtual void answered(session_machine::answer with) = 0;

  /// It has nothing to ask now.
  virtual void rests() = 0;

  /// The session asks no more; its goodbye may still be under way.
  virtual void ended(const smtp::ended& last) = 0;
};

/// What a session needs to know of its host beside the plan.
struct session_peer {
  std::string name;                       // for SNI, and what the certificate is to name
  std::string tls_key;                    // under which TLS sessions are resumed
  std::chrono::milliseconds idle{3'000};  // kept so long without a question, then QUIT
};

/// One connection, from the greeting to QUIT. Belongs to one thread; shared with its coroutine.
class session {
 public:
  session(const asio::any_io_executor& executor, timer& time, net::tls_client& tls,
          const session_options& options, session_plan plan, session_peer peer, session_desk& desk);

  /// Talks over `line` until the session has ended and its goodbye is said. Each stage has its
  /// limit; the connection is dropped after a timeout, after trouble, and when it is cancelled.
  /// The host has the quit limit to answer QUIT (RFC 5321 section 4.1.1.10: a client must not close
  /// before). Throws only when cancelled. To be called once.
  awaitable<void> run(std::unique_ptr<net::stream> line);

  /// The desk has a question: if the session rests, it is asked.
  void wake();

  /// To be ended as soon as it rests.
  void leave();

  /// Adds what is said from now on to `heard`, until it is told another; may be null.
  void tell(std::shared_ptr<transcript> heard) { heard_ = std::move(heard); }

  bool is_ready() const noexcept { return machine_.is_ready(); }
  bool is_resting() const noexcept { return resting_; }

  /// It will soon take a question: it is being opened, or has no question now.
  bool is_free() const noexcept { return !ended_ && !leaving_ && !machine_.is_asking(); }

  bool has_ended() const noexcept { return ended_; }

  /// Where the dialogue stands.
  stage at() const noexcept { return machine_.at(); }

  const session_peer& peer() const noexcept { return peer_; }

 private:
  awaitable<step> talk(converse what);
  awaitable<step> begin_tls();
  awaitable<step> rest();
  awaitable<void> say_goodbye(std::string words);
  awaitable<void> wait_wanted();
  awaitable<result<std::size_t>> read();

  step take(result<std::size_t> read);
  void hand_over();
  void note(std::string_view text);
  std::chrono::milliseconds limit_of(stage at) const noexcept;

  static constexpr std::size_t read_octets = 512;  // held by each session that waits

  timer& time_;
  net::tls_client& tls_;
  session_options options_;
  session_peer peer_;
  session_desk& desk_;
  session_machine machine_;
  wakeup wanted_;
  std::unique_ptr<net::stream> line_;
  std::shared_ptr<transcript> heard_;
  std::optional<stage> stage_;
  std::uint64_t turn_ = 0;
  time_point stage_end_{};
  time_point rest_end_{};
  std::array<char, read_octets> piece_;
  bool woken_ = false;
  bool leaving_ = false;
  bool resting_ = false;
  bool ended_ = false;
};

}  // namespace cbv::smtp

#endif
