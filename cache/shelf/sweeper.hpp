// Takes out of the file what is forgotten, and what is too much, a few records at a time.
#ifndef CBV_CACHE_SHELF_SWEEPER_HPP
#define CBV_CACHE_SHELF_SWEEPER_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "cache/file/environment.hpp"
#include "cache/records/lifetimes.hpp"
#include "cache/shelf/age_histogram.hpp"
#include "cache/shelf/bounds.hpp"
#include "cache/shelf/clock_watch.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/base/result.hpp"

namespace cbv::cache {

struct sweeper_options {
  std::size_t step_records_max = 1000;                   // looked at in one write transaction
  std::chrono::seconds rest = std::chrono::minutes{10};  // between the starts of two rounds
  std::size_t hurried_records_max = 5000;                // the same over a bound
  bounds keep;
  std::chrono::seconds clock_trust = std::chrono::hours{1};  // see clock_watch
};

/// Goes round verdicts, domains and hosts, each in the order of their keys, with no index by time:
/// that would cost more bytes than what it finds. On its way it counts how old the records are;
/// over a bound it takes from that count how old the oldest are which are too many, and removes
/// these, expired ones first, in a round without pauses.
///
/// It reads inside short write transactions, so no reader's snapshot is held while it works, and no
/// reader waits. Nothing is removed because it is expired while the clock is not to be believed.
/// Belongs to the writing thread.
class sweeper {
 public:
  struct step_result {
    std::uint64_t removed = 0;  // all that went
    std::uint64_t corrupt = 0;  // of these, what could not be read
    std::uint64_t pruned = 0;   // of these, what went because of a bound
  };

  sweeper(environment& where, const lifetimes& times, sweeper_options options);

  /// What time it is, on both clocks; whenever it is known.
  void note_time(wall_time now, time_point at) noexcept { clock_.note(now, at); }

  /// What is in the file after a commit, for the bounds.
  void note_usage(const usage& now_used) noexcept;

  /// A commit found no room in a map that may not grow.
  void note_map_full() noexcept;

  /// A round is under way, or the last one began long enough ago (or in what is now the future), or
  /// a bound is passed.
  bool is_due(wall_time now) const noexcept;

  /// A bound is passed: the steps should follow each other at once.
  bool is_hurried() const noexcept { return hurried_; }

  /// Over a bound by so much that the steps should come before any other write.
  bool holds_writes_back() const noexcept { return hurried_ && far_over_; }

  /// One transaction: looks at the next records and removes those that are to go. After an error
  /// the same records come again.
  result<step_result> step(wall_time now);

 private:
  struct place {
    table in = table::verdicts;
    std::string key;
  };
  /// What is to go because of a bound.
  struct plan {
    leaving_order up_to;
    std::uint64_t all = 0;   // so many of them
    std::uint64_t left = 0;  // of these, still to go
    int rounds = 0;          // that have ended since it was made
  };
  struct judgement;
  class visit;

  std::optional<plan> plan_for(const usage& used) const;
  void advance(std::optional<std::string> next_key);

  environment& where_;
  const lifetimes times_;
  const sweeper_options options_;
  clock_watch clock_;
  bound_keeper keeper_;

  std::optional<place> next_;  // where a round under way goes on
  std::optional<wall_time> began_;
  age_histogram ages_;                       // of this round, so far
  std::optional<age_histogram> known_ages_;  // of the last whole one
  std::optional<plan> plan_;
  std::uint64_t removed_in_round_ = 0;
  std::size_t step_limit_ = std::numeric_limits<std::size_t>::max();  // while the map is full
  bool hurried_ = false;
  bool far_over_ = false;
  bool in_vain_ = false;  // a whole round over a bound found nothing to remove
};

}  // namespace cbv::cache

#endif
