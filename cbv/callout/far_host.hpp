// One address of a far host: who waits for it, and the sessions with it.
#ifndef CBV_CALLOUT_FAR_HOST_HPP
#define CBV_CALLOUT_FAR_HOST_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/async/task_group.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/fifo.hpp"
#include "cbv/callout/breaker.hpp"
#include "cbv/callout/host_census.hpp"
#include "cbv/callout/host_limits.hpp"
#include "cbv/callout/host_standing.hpp"
#include "cbv/callout/question.hpp"
#include "cbv/callout/resting_sessions.hpp"
#include "cbv/counting/tally.hpp"
#include "cbv/net/dialer.hpp"
#include "cbv/net/peer.hpp"
#include "cbv/net/tls_client.hpp"
#include "cbv/smtp/session.hpp"
#include "cbv/verdict/host_memory.hpp"

namespace cbv::callout {

/// How hosts are talked to: those of a route, or all others.
struct manner {
  std::string name;         // tells manners apart; empty for the MX hosts of strangers
  smtp::session_plan plan;  // its limits are taken from `limits`
  host_limits limits;
  breaker_options refused;      // how long a host that has had enough of us is left alone
  breaker_options unreachable;  // and one that is not there
  std::uint64_t edition = 0;    // of those of one name the highest counts, from when it is known
};

/// What the hosts of one daemon share. All outlive the hosts.
struct surroundings {
  asio::any_io_executor executor;
  timer& time;
  net::dialer& network;
  net::tls_client& tls;
  smtp::session_options sessions;
  std::size_t resting_max;  // sessions kept without a question, at all hosts
  // A reply that says that the host does not want us, as the reply rules have it.
  std::function<bool(const smtp::probe_outcome&)> is_about_us;
  tally& counted;
  host_memory* memory;  // of the troubles with strangers' addresses; null: none
  host_census& census;
};

/// Asks one address about mailboxes, in sessions that are reused, first come first served. Keeps
/// the host's limits, and leaves it alone when it has had enough of us or cannot be reached.
///
/// An address may be reached by several names. Its limits and troubles are those of the address
/// (host_standing), and remembered of it. Where certificates must name the host
/// (tls_policy::verify) a session asks only the questions of the name for which the certificate was
/// looked at; one that has none of these leaves when a connection for another name is waited for.
/// Else all names share the sessions.
///
/// Belongs to one thread. Shared with its sessions.
class far_host : public std::enable_shared_from_this<far_host> {
 public:
  /// `tasks` runs the sessions. All but `how` outlive what runs there.
  far_host(const surroundings& with, task_group& tasks, resting_sessions& resting,
           std::shared_ptr<const manner> how, net::peer where);
  far_host(const far_host&) = delete;
  far_host& operator=(const far_host&) = delete;
  ~far_host();

  /// There is a session for that name of the host, or one is being opened; or no other connection
  /// may be made before one ends. In short: a question has only to wait its turn.
  bool is_in_use(std::string_view name) const noexcept;

  /// From now on it is talked to so, if that is a later edition. Sessions that were opened by
  /// another plan ask nothing more, and leave.
  void follow(const std::shared_ptr<const manner>& how);

  /// Queues a question; it may end within the call, held back.
  void ask(shared_question one);

  /// Counts a connection for a name of the host that is about to be made for all who wait, until
  /// reached() or not_reached().
  std::optional<obstacle> reserve(std::string_view name);

  /// The reserved connection was made: opens a session on it for the questions that wait for it.
  /// `counted_for`: of whoever had it made.
  void reached(const std::string& name, role counted_for, std::unique_ptr<net::stream> line,
               fifo<shared_question> waiting);

  /// The reserved connection was not made: because of `why`, or because it is not wanted any more.
  void not_reached(std::string_view name, const std::optional<error_code>& why);

  /// How far a question has come.
  struct progress {
    stage at;
    bool first_of_connection;  // as in smtp::probe_outcome
  };

  /// Nothing if its turn has not come.
  std::optional<progress> progress_of(const question& one) const;

  /// Nothing waits, nothing is open, nothing is known that the memory does not know.
  bool is_unused(time_point now) const noexcept;

  /// The troubles that the memory has forgotten are none any more.
  void drop_forgotten_troubles();

  /// It is not left alone any more, whatever it did.
  void forget_troubles();

  /// No more questions: those who wait are held back, and sessions leave once they have their
  /// answers.
  void stop();

  const net::peer& where() const noexcept { return where_; }

 private:
  class desk;
  using shared_desk = std::shared_ptr<desk>;

  static constexpr int closing = 421;  // what a host says before it closes, for its own reasons

  void pump();
  void wake_resting();
  void make_room();
  void rested();
  void open_session(const std::string& name, role counted_for, std::unique_ptr<net::stream> line,
                    const std::shared_ptr<smtp::transcript>& heard);
  awaitable<void> dial(std::shared_ptr<far_host> self, shared_question opener);
  awaitable<void> talk(std::shared_ptr<far_host> self, shared_desk at,
                       std::unique_ptr<net::stream> line);

  std::optional<smtp::inquiry> next_for(desk& asking);
  void heard(desk& asking, const smtp::counted_reply& said);
  void answered(desk& asking, smtp::session_machine::answer with);
  void session_ended(desk& of, const smtp::ended& last);

  void observe(const smtp::probe_outcome& outcome);
  void observe_no_connection(const smtp::probe_outcome& outcome, const error_code& why);
  void observe_connection();
  void note_standing();
  bool is_remembered() const noexcept;
  void remember(host_fault what, std::chrono::milliseconds span, std::string_view said);
  void remember_success(host_fault what);
  void drop_given_up();
  void end_waiting(const smtp::probe_outcome& with);
  void end_waiting_for(std::string_view name, const smtp::probe_outcome& with);
  void hold_back_waiting(const std::string& why);
  policy::attempt attempt_of(const question& one, smtp::probe_outcome outcome) const;
  bool is_one_name_only() const noexcept;
  bool is_same(std::string_view name, std::string_view other) const noexcept;
  bool suits(const desk& session, const question& one) const noexcept;
  bool is_live() const noexcept;
  bool is_live_for(std::string_view name) const noexcept;
  bool is_refusal_of_us(const smtp::probe_outcome& outcome) const;
  std::size_t waiting_for(std::string_view name) const noexcept;
  std::size_t free_sessions(std::string_view name, const desk* but) const noexcept;
  smtp::session_plan plan_now() const;

  const surroundings& with_;
  task_group& tasks_;
  resting_sessions& resting_;
  std::shared_ptr<const manner> how_;
  net::peer where_;
  std::string where_text_;  // its address, or the path
  host_standing standing_;
  time_point noted_until_ = time_point::min();  // what the census was told
  fifo<shared_question> waiting_;
  std::list<shared_desk> desks_;       // of the sessions whose connection is open
  std::vector<std::string> dialling_;  // connections that are being made, for these names
  bool stopping_ = false;
};

}  // namespace cbv::callout

#endif
