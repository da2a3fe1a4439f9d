// The calls that a month of the table can have had: as many, and with these ends.
#ifndef CBV_TOOLS_CBV_SIM_REPLAY_PLAN_HPP
#define CBV_TOOLS_CBV_SIM_REPLAY_PLAN_HPP

#include <boost/system/result.hpp>
#include <cstdint>
#include <vector>

#include "cbv/base/random.hpp"
#include "tools/cbv-sim/replay_table.hpp"

namespace cbv::sim {

/// What becomes of a call.
enum class call_end : std::uint8_t {
  skipped,     // its domain wants no calls
  bad_domain,  // there is no such domain
  unreached,   // no host of the domain takes a connection
  welcome,     // refused there, as the next four
  noop,
  helo,
  mail_from,
  rcpt_to,
  accepted,
};

/// Calls about one domain, asked one right behind the other.
struct replay_calls {
  call_end end = call_end::skipped;
  // Hosts that refuse connections and are tried before the one that answers, or (unreached) before
  // the last, which refuses them too.
  unsigned dead_hosts = 0;
  bool implicit_mx = false;  // the domain has an address, and no MX
  unsigned askers = 1;       // calls, all in one session
};

/// Dead hosts before the last host of a domain: cbvd by default tries five hosts.
inline constexpr unsigned dead_hosts_max = 4;
inline constexpr unsigned askers_max = 50;

/// Parts the month into calls, in an order that `chance` decides. A call has one session, or none;
/// where more calls were refused than there are sessions, as many as need be share one with others,
/// to be refused at RCPT. The error: no calls can have come to these numbers. Pure.
boost::system::result<std::vector<replay_calls>, table_error> plan_month(const replay_month& of,
                                                                         random_source& chance);

/// Shuffles, the same way everywhere: std::shuffle may differ from library to library.
template <class T>
void mix(std::vector<T>& all, random_source& chance) {
  for (std::size_t left = all.size(); left > 1; --left) {
    using std::swap;
    swap(all[left - 1], all[chance() % left]);
  }
}

}  // namespace cbv::sim

#endif
