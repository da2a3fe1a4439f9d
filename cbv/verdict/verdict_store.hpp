// Memory, as a port: cbv declares it, cache/ implements it over LMDB, tests over a map.
#ifndef CBV_VERDICT_VERDICT_STORE_HPP
#define CBV_VERDICT_VERDICT_STORE_HPP

#include <optional>

#include "cbv/address/mailbox.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/base/result.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv {

/// A verdict from memory; its source is `cache`, or `stale` if a refresh has failed since.
struct remembered {
  cbv::verdict verdict;
  bool refresh_due = false;  // past refresh_at: answer with it, and probe behind
};

/// Remembers verdicts by role and mailbox. Usable from all threads. Neither call waits for the disk
/// to be written.
class verdict_store {
 public:
  verdict_store() = default;
  verdict_store(const verdict_store&) = delete;
  verdict_store& operator=(const verdict_store&) = delete;
  virtual ~verdict_store() = default;

  /// What is remembered and has not expired at `now`. An error is ours (a damaged file, say): the
  /// caller goes on as if nothing were remembered.
  virtual result<std::optional<remembered>> find(role side, const mailbox& address,
                                                 wall_time now) = 0;

  /// Settles `made` with what was remembered (a failed refresh never replaces a live verdict, a
  /// first refusal over a live acceptance is disputed), sets its times, and remembers the outcome.
  /// Returns what now stands, which is what the asker is told; the next find() sees it at once.
  /// Committed soon after, in the background.
  virtual verdict put(role side, const mailbox& address, verdict made, wall_time now) = 0;
};

}  // namespace cbv

#endif
