#include "cache/sweeper.hpp"

#include <utility>

#include "cache/domain_record.hpp"
#include "cache/record.hpp"

namespace cbv::cache {

bool sweeper::is_due(wall_time now) const noexcept {
  return next_ || !began_ || now >= *began_ + options_.rest || now < *began_;
}

bool sweeper::is_doomed(table in, std::string_view key, std::string_view value, wall_time now,
                        step_result& done) const {
  const auto judge = [&](const auto& held) {
    if (!held) ++done.corrupt;
    return !held || is_forgotten(*held, times_, now);
  };
  const bool doomed = in == table::domains ? judge(decode_domain_record(key, value))
                                           : judge(decode_record(key, value));
  if (doomed) ++done.removed;
  return doomed;
}

result<sweeper::step_result> sweeper::step(wall_time now) {
  step_result done;
  const place from = next_.value_or(place{table::verdicts, {}});
  const auto doomed = [&](std::string_view key, std::string_view value) {
    return is_doomed(from.in, key, value, now, done);
  };

  auto writing = where_.begin_write();
  if (!writing) return writing.error();
  auto next = writing->sweep(from.in, from.key, options_.step_records_max, doomed);
  if (!next) return next.error();
  if (done.removed > 0) {
    if (auto committed = writing->commit(); !committed) return committed.error();
  }
  if (!next_) began_ = now;
  if (*next) {
    next_ = place{from.in, std::move(**next)};
  } else if (from.in == table::verdicts) {
    next_ = place{table::domains, {}};
  } else {
    next_.reset();
  }
  return done;
}

}  // namespace cbv::cache
