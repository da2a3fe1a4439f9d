// All that is done on the network for one mailbox: find the hosts of its domain, ask one after the
// other, stop at the first answer.
#ifndef CBV_CALLOUT_CALLOUT_HPP
#define CBV_CALLOUT_CALLOUT_HPP

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "cbv/address/mailbox.hpp"
#include "cbv/async/awaitable.hpp"
#include "cbv/async/gate.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/random.hpp"
#include "cbv/callout/breaker.hpp"
#include "cbv/callout/host_limits.hpp"
#include "cbv/callout/routes.hpp"
#include "cbv/dns/mail_hosts.hpp"
#include "cbv/dns/resolver.hpp"
#include "cbv/net/ip_network.hpp"
#include "cbv/policy/evidence.hpp"
#include "cbv/policy/listing_watch.hpp"
#include "cbv/policy/opt_out.hpp"
#include "cbv/smtp/prober.hpp"
#include "cbv/smtp/tls_policy.hpp"
#include "cbv/smtp/transcript.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::callout {

/// Whether a host that accepted a mailbox is then asked about one that cannot be there. behind: the
/// answer does not wait for it, and the next one knows. wait: it does.
enum class catch_all_test : std::uint8_t { off, behind, wait };

/// How hosts are found and asked. The time limits of a dialogue are the prober's.
struct callout_options {
  std::string helo_name = "localhost";  // our own name in EHLO
  std::string own_ip;      // the address we call from, as far hosts would quote it; may be empty
  reverse_path mail_from;  // nothing is <>, what a bounce would come from
  std::uint16_t port = 25;
  std::size_t hosts_max = 5;                              // MX hosts tried at most
  std::size_t addresses_max = 4;                          // addresses dialled at most, a host
  dns::address_family family = dns::address_family::any;  // addresses of others are not dialled
  std::vector<net::ip_network> permit_networks;           // dialled although they are reserved
  std::chrono::milliseconds dns_limit{20'000};            // for finding the hosts
  std::chrono::milliseconds total_limit{300'000};  // for everything: the patience with a tarpit
  smtp::tls_policy tls = smtp::tls_policy::may;    // where there is no route
  std::optional<mailbox> fallback_sender;          // where MAIL FROM:<> is refused
  cbv::callout::catch_all_test catch_all_test = catch_all_test::behind;
  bool noop = false;  // NOOP after the greeting
  bool null_sender_refused_is_undeliverable = false;
  bool relay_denied_is_undeliverable = false;  // if every host of the domain says so
  host_limits per_host;                        // where there is no route
  breaker_options breaker;
  policy::opt_out opt_out;
  policy::listing_options listing;
  cbv::callout::routes routes;
};

/// What a callout brings home.
struct finding {
  verdict made;
  policy::evidence learnt;
  /// When the far host said to come back, counted from its reply; nothing if it did not.
  std::optional<std::chrono::seconds> retry_after = std::nullopt;
};

/// Asks the hosts of a domain in the order of their preference. A 2xx, or a refusal of the mailbox
/// at RCPT, ends the walk; after anything else the next host is asked. A host that could be
/// connected to is not asked again at its other addresses, and no address is dialled twice.
/// Reserved addresses (net/reserved.hpp) and our own are never dialled but those of
/// permit_networks. At most per_host.connections_max callouts talk to one address at a time, first
/// come first served.
///
/// Belongs to one thread: the limit holds among the callouts of one object.
class callout {
 public:
  /// All outlive the callout.
  callout(dns::resolver& names, smtp::prober& prober, timer& time, random_source& chance,
          callout_options options);

  /// Always ends in a verdict, soon after total_limit at the latest. What was said is added to
  /// `heard`, if there is one. Throws only when cancelled.
  awaitable<finding> ask(mailbox about, smtp::transcript* heard = nullptr);

  const callout_options& options() const noexcept { return options_; }

 private:
  gate& gate_of(const asio::ip::address& address);

  dns::resolver& names_;
  smtp::prober& prober_;
  timer& time_;
  random_source& chance_;
  callout_options options_;
  std::map<asio::ip::address, gate> gates_;  // of the addresses in use, and some idle ones
  std::size_t gates_swept_at_ = 0;
};

}  // namespace cbv::callout

#endif
