// All that is done on the network for one mailbox: find the hosts of its domain, ask one after the
// other, stop at the first answer.
#ifndef CBV_CALLOUT_CALLOUT_HPP
#define CBV_CALLOUT_CALLOUT_HPP

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cbv/address/mailbox.hpp"
#include "cbv/async/awaitable.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/random.hpp"
#include "cbv/callout/breaker.hpp"
#include "cbv/callout/far_hosts.hpp"
#include "cbv/callout/host_limits.hpp"
#include "cbv/callout/routes.hpp"
#include "cbv/dns/mail_hosts.hpp"
#include "cbv/dns/resolver.hpp"
#include "cbv/net/ip_network.hpp"
#include "cbv/policy/decision.hpp"
#include "cbv/policy/evidence.hpp"
#include "cbv/policy/listing_watch.hpp"
#include "cbv/policy/opt_out.hpp"
#include "cbv/smtp/reply_rulebook.hpp"
#include "cbv/smtp/tls_policy.hpp"
#include "cbv/smtp/transcript.hpp"
#include "cbv/verdict/domain_memory.hpp"
#include "cbv/verdict/host_memory.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::callout {

/// Whether a host that accepted a mailbox is then asked about one that cannot be there. behind: the
/// answer does not wait for it, and the next one knows. wait: it does.
enum class catch_all_test : std::uint8_t { off, behind, wait };

/// How hosts are found and asked.
struct callout_options {
  std::string helo_name = "localhost";  // our own name in EHLO
  // The addresses we call from, as far hosts would quote them; may be empty.
  std::string own_ipv4;
  std::string own_ipv6;
  std::vector<asio::ip::address> own_addresses;  // of this machine: never dialled
  reverse_path mail_from;                        // nothing is <>, what a bounce would come from
  std::optional<mailbox> fallback_sender;        // where MAIL FROM:<> is refused
  std::uint16_t port = 25;
  std::size_t hosts_max = 5;                              // MX hosts tried at most
  std::size_t addresses_max = 4;                          // addresses dialled at most, a host
  dns::address_family family = dns::address_family::any;  // addresses of others are not dialled
  std::vector<net::ip_network> permit_networks;           // dialled although they are reserved
  policy::opt_out opt_out;                                // never called
  policy::listing_options listing;                        // when call-backs pause
  std::chrono::milliseconds dns_limit{20'000};            // for finding the hosts
  std::chrono::milliseconds patience{300'000};  // for everything: a tarpit may take so long

  smtp::tls_policy tls = smtp::tls_policy::may;  // where there is no route
  bool noop = false;                             // NOOP after the greeting
  host_limits per_host;                          // where there is no route
  breaker_options breaker;
  far_hosts_options hosts;
  cbv::callout::routes routes;

  cbv::callout::catch_all_test catch_all_test = catch_all_test::behind;
  std::chrono::milliseconds catch_all_limit{60'000};  // for one test

  // If every host of the domain says so:
  bool null_sender_refused_is_undeliverable = false;
  bool relay_denied_is_undeliverable = false;
  std::shared_ptr<const smtp::reply_rulebook> rules;  // how replies are read; null: the table
};

/// A host that accepted a mailbox, to be asked about one that cannot be there.
struct catch_all_errand {
  role side = role::recipient;
  mailbox accepted;
  std::shared_ptr<const manner> how;
  host_to_ask host;
  reverse_path mail_from;
};

/// What a callout brings home.
struct finding {
  verdict made;
  policy::evidence learnt;
  /// When the far host said to come back, counted from its reply; nothing if it did not.
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
  /// A catch-all test that is due, if the options want them. Shared among copies: it is large, and
  /// findings are held for minutes.
  std::shared_ptr<const catch_all_errand> errand = nullptr;
  bool by_route = false;  // one's own servers were asked
};

/// Adds what a catch-all test found to a verdict `deliverable`.
void note_catch_all(verdict& made, catch_all found);

/// Asks the hosts of a domain in the order of their preference, or the servers of its route. A 2xx,
/// or a refusal of the mailbox at RCPT, ends the walk; after anything else the next host is asked.
/// A host that could be connected to is not asked again at its other addresses, and no address is
/// asked twice. Reserved addresses (net/reserved.hpp) and our own are never dialled but those of
/// permit_networks and of routes; those that opted out neither.
///
/// Where MAIL FROM:<> is refused that is remembered of the domain, and the host is asked again with
/// the fallback sender, if there is one.
///
/// Belongs to one thread: the limits hold among the callouts of one object.
class callout {
 public:
  /// All outlive the callouts and what runs on `executor`. What happens on the network is added to
  /// `counted` when it happens. `hosts` are the troubles with strangers' hosts that are remembered,
  /// as far_hosts has it; null: a restart forgets them.
  callout(const asio::any_io_executor& executor, dns::resolver& names, net::dialer& network,
          net::tls_client& tls, timer& time, random_source& chance, domain_memory& memory,
          tally& counted, callout_options options, host_memory* hosts = nullptr);

  ~callout();

  /// Callouts that begin from now on are made so; those under way keep what they began with, but
  /// far hosts are asked in the latest manner that they have been asked in (far_hosts.hpp).
  void change(callout_options options);

  /// Always ends in a verdict, soon after `patience` at the latest. What was said is added to
  /// `heard`, if there is one. Throws only when cancelled.
  awaitable<finding> ask(role side, mailbox about,
                         std::shared_ptr<smtp::transcript> heard = nullptr);

  /// Asks the host about a mailbox that cannot be there, in a transaction of its own, and remembers
  /// of the domain what it says: `yes` if it accepts that too, `no` if it does not know it. All
  /// else is inconclusive. Throws only when cancelled.
  awaitable<catch_all> test_catch_all(catch_all_errand errand,
                                      std::shared_ptr<smtp::transcript> heard = nullptr);

  /// As far_hosts has them.
  std::size_t sessions() const noexcept { return hosts_.sessions(); }
  std::size_t hosts_left_alone() { return hosts_.left_alone(); }

  /// As far_hosts has them, for when the troubles with hosts are forgotten.
  void forget_host(const asio::ip::address& of) { hosts_.forget(of); }
  void drop_forgotten_troubles() { hosts_.drop_forgotten_troubles(); }

  /// Ends all sessions, at `deadline` at the latest. No more may be asked.
  awaitable<void> stop(time_point deadline);

  /// The host's reply says that it does not want us.
  bool is_about_us(const policy::attempt& made) const;

  /// As they are now: not to be held while the caller waits.
  const callout_options& options() const noexcept;

 private:
  class terms;
  struct journey;

  awaitable<void> find_hosts(journey& on);
  awaitable<void> find_servers(journey& on);
  awaitable<void> walk(journey& on);
  awaitable<bool> ask_host(journey& on, std::string name, std::vector<net::peer> addresses,
                           std::shared_ptr<const manner> how);
  void take_note(journey& on, const policy::attempt& made);
  void finish(journey& on);
  std::vector<net::peer> dialled_addresses(journey& on, const dns::mail_host& host) const;

  dns::resolver& names_;
  timer& time_;
  random_source& chance_;
  domain_memory& memory_;
  std::shared_ptr<terms> terms_;  // shared with the journeys that began under them
  far_hosts hosts_;
};

}  // namespace cbv::callout

#endif
