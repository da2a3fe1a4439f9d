// What is remembered of a whole domain, as a port: cache/ implements it over LMDB, tests over a
// map.
#ifndef CBV_VERDICT_DOMAIN_MEMORY_HPP
#define CBV_VERDICT_DOMAIN_MEMORY_HPP

#include "cbv/address/domain.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv {

/// How the hosts of a domain behave, whatever the mailbox.
struct domain_facts {
  bool null_sender_refused = false;                // MAIL FROM:<> is refused
  cbv::catch_all catch_all = catch_all::untested;  // any local-part is accepted

  friend bool operator==(const domain_facts&, const domain_facts&) = default;
};

/// Remembers facts by role (a sender's and a recipient's route may differ) and domain. Usable from
/// all threads; no call waits for the disk, and none fails: what cannot be read is not known.
class domain_memory {
 public:
  domain_memory() = default;
  domain_memory(const domain_memory&) = delete;
  domain_memory& operator=(const domain_memory&) = delete;
  virtual ~domain_memory() = default;

  /// What is known and has not expired at `now`; each fact has its own time. What was noted is seen
  /// at once. A fact noted in the future, before the clock was set back, is not known.
  virtual domain_facts facts(role side, const domain& of, wall_time now) = 0;

  /// Remembers whether MAIL FROM:<> was refused just now. Cheap where nothing changes, so each
  /// callout may say that it was taken.
  virtual void note_null_sender(role side, const domain& of, bool refused, wall_time now) = 0;

  /// Remembers the outcome of a catch-all test; `untested` says that it was inconclusive: what is
  /// known stays, and the test is not repeated at once.
  virtual void note_catch_all(role side, const domain& of, catch_all found, wall_time now) = 0;

  /// False while the outcome of a catch-all test is known, and if one was made, with whatever
  /// outcome, not long ago (at most once a day and domain).
  virtual bool is_catch_all_test_due(role side, const domain& of, wall_time now) = 0;

  /// Forgets all that is known of the domain, in both roles.
  virtual void forget(const domain& of) = 0;
};

}  // namespace cbv

#endif
