// Takes forgotten records out of the file, a few at a time.
#ifndef CBV_CACHE_SWEEPER_HPP
#define CBV_CACHE_SWEEPER_HPP

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "cache/environment.hpp"
#include "cache/lifetimes.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/base/result.hpp"

namespace cbv::cache {

struct sweeper_options {
  std::size_t step_records_max = 1000;                   // looked at in one write transaction
  std::chrono::seconds rest = std::chrono::minutes{10};  // between the starts of two rounds
};

/// Goes round the verdicts and then the domains, each in the order of their keys, with no index by
/// time: that would cost more bytes than what it finds. It reads inside a short write transaction,
/// so no reader's snapshot is held while it works. Belongs to the writing thread.
class sweeper {
 public:
  struct step_result {
    std::size_t removed = 0;  // all that went
    std::size_t corrupt = 0;  // of these, what could not be read
  };

  sweeper(environment& where, const lifetimes& times, sweeper_options options)
      : where_(where), times_(times), options_(options) {}

  /// A round is under way, or the last one began long enough ago (or in what is now the future).
  bool is_due(wall_time now) const noexcept;

  /// One transaction: looks at the next records, removes those that are forgotten or damaged. After
  /// an error the same records come again.
  result<step_result> step(wall_time now);

 private:
  struct place {
    table in;
    std::string key;
  };
  bool is_doomed(table in, std::string_view key, std::string_view value, wall_time now,
                 step_result& done) const;

  environment& where_;
  const lifetimes times_;
  const sweeper_options options_;
  std::optional<place> next_;  // where a round under way goes on
  std::optional<wall_time> began_;
};

}  // namespace cbv::cache

#endif
