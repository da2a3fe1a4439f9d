// In what order an envelope's checks are made, which may run at once, and when the matter is
// decided.
#ifndef CBV_ENVELOPE_ORDER_HPP
#define CBV_ENVELOPE_ORDER_HPP

#include <array>
#include <cstddef>
#include <optional>
#include <vector>

#include "cbv/envelope/check.hpp"

namespace cbv::envelope {

/// When a check may start.
enum class start {
  at_once,       // it waits for nothing and costs next to nothing
  side_by_side,  // it asks the DNS: beside others of its kind
  in_turn        // it asks a mail host: once all before it are known, and have decided nothing
};

/// The checks of one envelope, without I/O: is told what each has found, and says what may start,
/// what is needed no more, and what has decided. What decides is always the first check, in their
/// order, that has a decision, whichever of them ends first.
class order {
 public:
  struct term {
    check which;
    envelope::start when;
  };

  /// The checks that are switched on, in any order.
  explicit order(const std::vector<term>& on);

  /// Those that may start now, in their order; each is told once.
  std::vector<check> take_ready();

  /// What one that was told has come to. Of one that is needed no more it is ignored.
  void note(check which, bool decides);

  /// Those that were told, have not been noted, and are needed no more, as one before them has
  /// decided; each is told once.
  std::vector<check> take_needless();

  /// Those that were told, have not been noted, and are needed.
  std::vector<check> awaited() const;

  /// It was told, and has not been noted; nor is it needless.
  bool is_open(check which) const { return states_.at(index_of(which)) == state::started; }

  /// No check before it has decided, so far.
  bool is_needed(check which) const { return index_of(which) <= decided_at_; }

  /// Nothing that is still to be found out can change what is decided.
  bool is_over() const;

  /// The check whose decision counts; nothing: none has decided, or it is not over.
  std::optional<check> decided() const;

  /// Was it made, and did it count? All those up to the one that decided.
  bool counts(check which) const;

 private:
  enum class state { off, due, started, noted, needless };

  bool may_start(std::size_t i) const;
  bool are_known(std::size_t before, bool at_once_only) const;

  std::array<state, checks_count> states_{};
  std::array<start, checks_count> starts_{};
  std::size_t decided_at_ = checks_count;  // the first that has a decision, so far
};

}  // namespace cbv::envelope

#endif
