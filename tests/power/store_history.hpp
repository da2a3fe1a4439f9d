// A history of the whole store, the same each time it is played, and what has to be left of it when
// it was cut short.
#ifndef CBV_TESTS_POWER_STORE_HISTORY_HPP
#define CBV_TESTS_POWER_STORE_HISTORY_HPP

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cache/lmdb_store.hpp"
#include "cbv/address/mailbox.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::power {

/// Verdicts, disputes, unknowns in a row, re-probes booked and cancelled, facts about domains and
/// hosts; the map grows, expired records are swept and the file is compacted.
class store_history {
 public:
  static constexpr int rounds = 24;

  /// Plays it once, to learn what is told. Throws if the store does not do as it should, or a part
  /// of the history did not come about.
  store_history();

  /// Plays it in the directory. `committed` is told each round as soon as all of it is known to be
  /// on disk; and -1 when the store is open.
  static void play(const std::string& directory, const std::function<void(int)>& committed);

  /// What is wrong with a directory where the rounds up to `committed` were on disk and others may
  /// be; -2: not even the first start had ended. Empty: nothing.
  std::string fault_in(const std::string& directory, int committed) const;

 private:
  class player;

  /// What find() says of a mailbox from a round on, at the time of that round.
  struct version {
    int round = 0;
    wall_time at{};
    verdict told;
  };
  struct booking_version {
    int round = 0;
    std::optional<booking> held;
  };
  struct history_of {
    mailbox address;
    std::vector<version> verdicts;
    std::vector<booking_version> bookings;
  };

  std::string fault_of(cache::lmdb_store& store, const history_of& one, int committed) const;
  static std::string fault_of_booking(const std::vector<booking>& booked, const history_of& one,
                                      int committed);

  std::map<std::string, history_of> all_;
};

}  // namespace cbv::power

#endif
