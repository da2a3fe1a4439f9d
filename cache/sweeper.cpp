#include "cache/sweeper.hpp"

#include <utility>

#include "cache/record.hpp"

namespace cbv::cache {

bool sweeper::is_due(wall_time now) const noexcept {
  return next_ || !began_ || now >= *began_ + options_.rest || now < *began_;
}

result<sweeper::step_result> sweeper::step(wall_time now) {
  step_result done;
  const auto doomed = [&](std::string_view key, std::string_view value) {
    const auto held = decode_record(key, value);
    if (held && !is_forgotten(*held, times_, now)) return false;
    if (!held) ++done.corrupt;
    ++done.removed;
    return true;
  };

  auto writing = where_.begin_write();
  if (!writing) return writing.error();
  auto next = writing->sweep(table::verdicts, next_.value_or(std::string{}),
                             options_.step_records_max, doomed);
  if (!next) return next.error();
  if (done.removed > 0) {
    if (auto committed = writing->commit(); !committed) return committed.error();
  }
  if (!next_) began_ = now;
  next_ = std::move(*next);
  return done;
}

}  // namespace cbv::cache
