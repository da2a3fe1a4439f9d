// All far hosts: finds the one that is asked, or dials the first of its addresses that answers.
#ifndef CBV_CALLOUT_FAR_HOSTS_HPP
#define CBV_CALLOUT_FAR_HOSTS_HPP

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "cbv/async/awaitable.hpp"
#include "cbv/async/task_group.hpp"
#include "cbv/callout/far_host.hpp"
#include "cbv/callout/question.hpp"
#include "cbv/verdict/host_memory.hpp"

namespace cbv::callout {

struct far_hosts_options {
  smtp::session_options sessions;
  std::size_t resting_max = 256;  // sessions kept without a question, at all hosts
  // Between the beginnings of two connections to one host (RFC 8305 section 8).
  std::chrono::milliseconds race_delay{250};
};

/// One host to ask: its name, and the addresses that may be dialled, in the order of preference.
struct host_to_ask {
  std::string name;
  std::vector<net::peer> addresses;
};

/// The owner of all sessions. An address is one far host, whatever it is called and whosever mail
/// it takes, so that its limits hold for all of it; but what is asked in another manner (one's own
/// server, by a route with limits of its own) counts for itself. Belongs to one thread.
class far_hosts {
 public:
  /// All outlive the hosts and what runs on `executor`. `is_about_us` says whether a reply means
  /// that the host does not want us. What happens is added to `counted`. `memory`, if there is one,
  /// is asked for the troubles with an address when it is first met, and told of each that begins,
  /// goes on or is over. Only strangers' internet addresses: neither those of a manner with a name
  /// nor unix sockets.
  far_hosts(const asio::any_io_executor& executor, timer& time, net::dialer& network,
            net::tls_client& tls, far_hosts_options options,
            std::function<bool(const smtp::probe_outcome&)> is_about_us, tally& counted,
            host_memory* memory = nullptr);

  /// Asks a host about a mailbox: in a session that is open at one of its addresses, else in a new
  /// one at the first address that can be reached. Connections are begun in the order of the
  /// addresses, in which the families should take turns, `race_delay` apart or as soon as one has
  /// failed; the first that is made counts, the others are given up (RFC 8305). Ends at `deadline`
  /// at the latest. What is said of this question is added to `heard`, which may be null. Throws
  /// only when cancelled. Of manners with the same name the one of the latest edition holds for a
  /// host from when it is asked so, also for those who come after with an earlier one.
  awaitable<host_answer> ask(std::shared_ptr<const manner> how, host_to_ask host,
                             smtp::inquiry about, time_point deadline,
                             std::shared_ptr<smtp::transcript> heard, errand_of whose = {});

  /// As if it had been made with these, for what begins from now on.
  void change(const far_hosts_options& options);

  /// The address is not left alone any more, by whatever manner it is asked; the memory forgets its
  /// troubles, too.
  void forget(const asio::ip::address& of);

  /// For when others have forgotten troubles in the memory: these are none any more.
  void drop_forgotten_troubles();

  /// Sessions that are open, asked something or resting.
  std::size_t sessions() const noexcept { return census_.sessions(); }

  /// Addresses that are left alone; of those remembered over a restart the ones that were met.
  std::size_t left_alone() { return census_.left_alone(with_.time.now()); }

  /// Ends all sessions: with QUIT those that rest, the others once they have their answers; after
  /// `deadline` at once. Returns when nothing is left.
  awaitable<void> stop(time_point deadline);

 private:
  struct opening;
  struct race;
  using shared_opening = std::shared_ptr<opening>;

  std::shared_ptr<far_host> find(const manner& how, const net::peer& where) const;
  std::shared_ptr<far_host> at(const std::shared_ptr<const manner>& how, const net::peer& where);
  void place(const std::shared_ptr<const manner>& how, const host_to_ask& host,
             const shared_question& one);
  awaitable<void> open(std::string key, shared_opening wanted);
  awaitable<void> run(std::shared_ptr<race> in, opening& wanted, host_answer& met);
  void hand_over(race& in, opening& wanted, host_answer met,
                 const std::shared_ptr<smtp::transcript>& heard);
  void note(const std::shared_ptr<smtp::transcript>& heard, std::string_view text) const;
  awaitable<void> connect(std::shared_ptr<race> in, std::size_t number);

  host_census census_;
  surroundings with_;
  std::chrono::milliseconds race_delay_;
  resting_sessions resting_;
  std::unordered_map<std::string, std::shared_ptr<far_host>>
      hosts_;                                                 // in use, remembered, some idle
  std::unordered_map<std::string, shared_opening> openings_;  // hosts that are being dialled
  std::size_t swept_at_ = 0;
  bool stopping_ = false;
  task_group tasks_;
};

}  // namespace cbv::callout

#endif
