// All that one thread counts.
#ifndef CBV_COUNTING_TALLY_HPP
#define CBV_COUNTING_TALLY_HPP

#include <cstddef>
#include <string_view>

#include "cbv/counting/counters.hpp"
#include "cbv/counting/ranking.hpp"
#include "cbv/counting/space_saving.hpp"

namespace cbv {

/// How many names a top list of a tally has at most: one with so many may have left some out.
inline constexpr std::size_t ranked_at_once = 1000;

/// The counters, since the start, and the top lists, since they were taken last. Counting takes no
/// lock and no memory, and costs the same whatever was counted before. Belongs to one thread.
class tally {
 public:
  counters sums;

  /// An answer undeliverable, by the domain that was asked about; empty: there was none.
  void note_undeliverable(std::string_view domain) noexcept {
    if (!domain.empty()) domains_.add(domain);
  }

  /// A far host refused us, or a mailbox, for now or for good.
  void note_refusal_by(std::string_view host) noexcept { hosts_.add(host); }

  /// An answer undeliverable, or an envelope rejected, by the IP address of the edge's client; of
  /// an IPv6 address its /64 is meant. What is no address is not counted.
  void note_misdeed_of(std::string_view client) noexcept;

  /// A judgement: by the number of what decided, 0 for none, and by what was said.
  void note_decision(std::size_t decider, action said) noexcept {
    if (decider < deciders) ++sums.decisions[decider][static_cast<std::size_t>(said)];
  }

  /// What was met since this was called last.
  rankings take_rankings();

 private:
  static constexpr std::size_t client_octets_max = 48;

  space_saving domains_{ranked_at_once};
  space_saving hosts_{ranked_at_once};
  space_saving clients_{ranked_at_once, client_octets_max};
};

}  // namespace cbv

#endif
