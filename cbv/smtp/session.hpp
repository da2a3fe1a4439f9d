// A session with one host over a real or a simulated network: carries the bytes of session_machine.
#ifndef CBV_SMTP_SESSION_HPP
#define CBV_SMTP_SESSION_HPP

#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cbv/async/timer.hpp"
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

  /// A reply that is to be counted; the questions that it tells of have no answer yet.
  virtual void heard(const counted_reply& said) = 0;

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

/// One connection, from the greeting to QUIT. Belongs to one thread; shared with its coroutines.
///
/// Its coroutine reads, nearly always: what else moves the dialogue on, a question or the end of a
/// time, does so beside the read that waits, which neither has to be cancelled nor begun again.
class session : public std::enable_shared_from_this<session> {
 public:
  session(const asio::any_io_executor& executor, timer& time, net::tls_client& tls,
          const session_options& options, session_plan plan, session_peer peer, session_desk& desk);

  /// Talks over `line` until the session has ended and its goodbye is said. Each stage has its
  /// limit; the connection is dropped after a timeout, after trouble, and when it is cancelled.
  /// The host has the quit limit to answer QUIT (RFC 5321 section 4.1.1.10: a client must not close
  /// before). Throws only when cancelled. To be called once.
  awaitable<void> run(std::unique_ptr<net::stream> line);

  /// The desk has a question: if the session rests, it is asked, soon but not from here.
  void wake();

  /// To be ended as soon as it rests; not from here, either.
  void leave();

  /// Adds what is said from now on to `heard`, until it is told another; may be null.
  void tell(std::shared_ptr<transcript> heard) { heard_ = std::move(heard); }

  bool is_ready() const noexcept { return machine_.is_ready(); }
  bool is_resting() const noexcept { return way_ == way::resting; }

  /// It will soon take a question: it is being opened, or has no question now.
  bool is_free() const noexcept { return !ended_ && !leaving_ && !machine_.is_asking(); }

  bool has_ended() const noexcept { return ended_; }

  /// Where the dialogue stands.
  stage at() const noexcept { return machine_.at(); }

  const session_peer& peer() const noexcept { return peer_; }

 private:
  enum class way : std::uint8_t { talking, securing, resting, parting, over };

  /// However run() ends, the line is closed and nothing moves any more.
  class at_the_end {
   public:
    explicit at_the_end(std::shared_ptr<session> of) : of_(std::move(of)) {}
    at_the_end(const at_the_end&) = delete;
    at_the_end& operator=(const at_the_end&) = delete;
    ~at_the_end() { of_->hang_up(); }

   private:
    std::shared_ptr<session> of_;
  };

  void take(const result<std::size_t>& read);
  void advance(step next);
  void talk(converse what);
  void rest();
  void end(const smtp::ended& last);
  bool is_farewell(std::string_view bytes);
  awaitable<step> begin_tls();

  void send(std::string words);
  awaitable<void> send_unsent();
  awaitable<void> send_beside(std::shared_ptr<session> self);
  void not_sent(const error_code& why);
  void hang_up() noexcept;

  void stir();
  void stirred();
  void set_alarm();
  void on_alarm();

  void hand_over();
  void note(std::string_view text);
  std::chrono::milliseconds limit_of(stage at) const noexcept;

  static constexpr std::size_t read_octets = 512;  // held by each session that waits

  asio::any_io_executor executor_;
  timer& time_;
  net::tls_client& tls_;
  session_options options_;
  session_peer peer_;
  session_desk& desk_;
  session_machine machine_;
  std::unique_ptr<net::stream> line_;
  std::shared_ptr<transcript> heard_;
  std::unique_ptr<reply_parser> farewell_;  // reads the answer to QUIT
  std::string unsent_;                      // what the line did not take at once
  std::optional<stage> stage_;
  std::uint64_t turn_ = 0;
  time_point until_{};     // what is awaited now has time until then
  time_point rest_end_{};  // of the rest that goes on, although the host drips octets
  asio::cancellation_signal stop_sending_;
  std::unique_ptr<alarm> alarm_;
  time_point alarm_at_{};  // never later than until_ while a read waits
  std::array<char, read_octets> piece_;
  way way_ = way::talking;
  bool reading_ = false;
  bool writing_ = false;   // beside the read
  bool stirring_ = false;  // stirred() is to come
  bool woken_ = false;
  bool leaving_ = false;
  bool ended_ = false;
};

}  // namespace cbv::smtp

#endif
