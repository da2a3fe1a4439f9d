// Asking lists in the DNS, and knowing which of them are to be believed.
#ifndef CBV_CHECKS_DNS_LIST_DESK_HPP
#define CBV_CHECKS_DNS_LIST_DESK_HPP

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <utility>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/checks/dns_lists.hpp"
#include "cbv/checks/envelope.hpp"
#include "cbv/dns/resolver.hpp"

namespace cbv::checks {

struct dns_list_desk_options {
  // How long it is known that a list is to be believed, and that it is not: some are mended, and
  // some lists list the whole internet on the day they close.
  std::chrono::milliseconds healthy_for{3'600'000};
  std::chrono::milliseconds unhealthy_for{300'000};

  // How long a list that did not answer is left alone, so that a dead one does not hold up all.
  std::chrono::milliseconds trouble_for{30'000};
};

/// A list is believed only while it has its test entry and not its gap (RFC 5782 section 5), for
/// each family by itself. That is asked beside the first question, and beside the next when it is
/// no longer known, or when a question was not answered. Belongs to one thread.
class dns_list_desk {
 public:
  /// Both outlive the desk.
  dns_list_desk(dns::resolver& names, const clock& time, dns_list_desk_options options = {})
      : names_(names), time_(time), options_(options) {}

  /// Asks all zones of `rules` about the client side by side, and then for the words of those that
  /// list it. What is not answered by `deadline` is trouble. `of` and `rules` outlive the look-up.
  /// Throws only when cancelled.
  awaitable<dns_list_facts> gather(const envelope& of, const dns_list_rules& rules,
                                   time_point deadline);

 private:
  struct health {
    dns::listing said = dns::listing::trouble;  // as read_test_entries() has it
    time_point until{};
  };
  using health_key = std::pair<std::string, bool>;  // the zone; of IPv4

  awaitable<void> ask_zone(zone_answer& into, asio::ip::address client, bool asks_words,
                           time_point deadline);
  awaitable<void> learn_health(const std::string& zone, asio::ip::address client,
                               time_point deadline);
  bool is_health_known(const health_key& of) const;

  dns::resolver& names_;
  const clock& time_;
  dns_list_desk_options options_;
  std::map<health_key, health> health_;  // of the zones in the settings
};

}  // namespace cbv::checks

#endif
