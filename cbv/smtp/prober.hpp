// Asks one host about one mailbox over a real or a simulated network.
#ifndef CBV_SMTP_PROBER_HPP
#define CBV_SMTP_PROBER_HPP

#include <cstddef>
#include <memory>

#include "cbv/async/timer.hpp"
#include "cbv/net/dialer.hpp"
#include "cbv/smtp/probe.hpp"
#include "cbv/smtp/reply.hpp"
#include "cbv/smtp/transcript.hpp"

namespace cbv::smtp {

struct prober_options {
  stage_limits limits;
  reply_limits replies;
  std::size_t goodbyes_max = 256;  // at once; beyond it connections are closed without QUIT
};

/// Carries the bytes of probe_machine over a stream. Many probes may run at once, all on one
/// thread. The dialer and the timer outlive the prober and what runs on its executor.
class prober {
 public:
  prober(net::dialer& network, timer& time, prober_options options = {});

  /// One dialogue with one host. Each stage has its limit, and `deadline` holds for the whole. The
  /// connection is dropped after a timeout, after trouble, and when the caller is cancelled.
  ///
  /// The outcome does not wait for the host to answer QUIT: that is said behind it, in a coroutine
  /// of its own that owns the connection and ends within the quit limit.
  ///
  /// `heard`, if given, takes the dialogue up to QUIT; it outlives the call. `booking`, if given,
  /// is let go when the connection is closed, which the goodbye may put off beyond the outcome: it
  /// is how callers bound the connections to a host. Throws only when cancelled.
  awaitable<probe_outcome> probe(net::endpoint peer, probe_plan plan, time_point deadline,
                                 transcript* heard = nullptr,
                                 std::shared_ptr<void> booking = nullptr);

 private:
  net::dialer& network_;
  timer& time_;
  prober_options options_;
  // How many goodbyes are being said. Shared with them: they may end after the prober.
  std::shared_ptr<std::size_t> goodbyes_ = std::make_shared<std::size_t>(0);
};

}  // namespace cbv::smtp

#endif
