#include "cache/shelf/sweeper.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "cache/records/domain_record.hpp"
#include "cache/records/host_record.hpp"
#include "cache/records/record.hpp"

namespace cbv::cache {
namespace {

std::uint64_t records_in(const usage& used) noexcept {
  return used.of(table::verdicts).records + used.of(table::domains).records +
         used.of(table::hosts).records;
}

wall_time learnt_at(const record& held) noexcept {
  return held.verdict.checked_at;
}
wall_time learnt_at(const domain_record& held) noexcept {
  return std::max({held.null_sender_refused_at.value_or(wall_time{}), held.catch_all_at,
                   held.catch_all_tested_at.value_or(wall_time{})});
}
wall_time learnt_at(const host_facts& held) noexcept {
  return std::max(held.unreachable ? held.unreachable->last : wall_time{},
                  held.refused ? held.refused->last : wall_time{});
}

}  // namespace

/// What is to be known of a record to judge it.
struct sweeper::judgement {
  bool readable = false;
  leaving_order order;
  bool from_the_future = false;
};

/// One step: what it counts and decides, apart from the sweeper until it is committed.
class sweeper::visit {
 public:
  visit(const sweeper& of, table in, wall_time now)
      : of_(of), in_(in), now_(now), is_clock_trusted_(of.clock_.is_trusted()) {}

  bool is_doomed(std::string_view key, std::string_view value) {
    const judgement what = judge(key, value);
    if (dooms(what)) {
      ++done.removed;
      if (planned && planned->left > 0) --planned->left;
      return true;
    }
    if (what.from_the_future && is_clock_trusted_) mend(key, value);
    ages.add(what.order);
    return false;
  }

  step_result done;
  age_histogram ages;
  std::optional<plan> planned;
  /// Verdicts from the future whose times are moved back.
  std::vector<std::pair<std::string, std::string>> mended;

 private:
  judgement judge(std::string_view key, std::string_view value) const {
    switch (in_) {
      case table::domains:
        return judgement_of(decode_domain_record(key, value));
      case table::hosts:
        return judgement_of(decode_host_record(key, value));
      default:
        return judgement_of(decode_record(key, value));
    }
  }

  template <class Record>
  judgement judgement_of(const result<Record>& held) const {
    if (!held) return {};
    const wall_time learnt = learnt_at(*held);
    return {true, {!is_forgotten(*held, of_.times_, now_), learnt}, learnt > now_ + clock_slack};
  }

  bool dooms(const judgement& what) {
    if (!what.readable) {
      ++done.corrupt;
      return true;
    }
    if (is_clock_trusted_ && !what.order.live) return true;
    // What is not believed when it comes from the future need not wait for it.
    if (is_clock_trusted_ && what.from_the_future && in_ != table::verdicts) return true;
    if (!planned || planned->left == 0 || planned->up_to < what.order) return false;
    ++done.pruned;
    return true;
  }

  void mend(std::string_view key, std::string_view value) {
    const auto held = decode_record(key, value);
    if (!held) return;
    if (const auto moved = moved_back(*held, now_)) {
      mended.emplace_back(key, encode_record(key, *moved));
    }
  }

  const sweeper& of_;
  const table in_;
  const wall_time now_;
  const bool is_clock_trusted_;
};

sweeper::sweeper(environment& where, const lifetimes& times, sweeper_options options)
    : where_(where),
      times_(times),
      options_(options),
      clock_(options.clock_trust),
      keeper_(options.keep) {}

void sweeper::note_usage(const usage& now_used) noexcept {
  const std::uint64_t records = records_in(now_used);
  keeper_.note(now_used.octets);
  const bool is_over = plan_ || keeper_.excess(records, now_used.octets) > 0;
  hurried_ = is_over && !in_vain_;
  far_over_ = is_over && keeper_.is_far_over(records, now_used.octets);
}

void sweeper::note_map_full() noexcept {
  keeper_.map_is_full();
}

bool sweeper::is_due(wall_time now) const noexcept {
  return hurried_ || next_ || !began_ || now >= *began_ + options_.rest || now < *began_;
}

/// Nothing as long as nothing is to go, or it is not known how old enough of the records are; then
/// a round without a plan finds that out.
std::optional<sweeper::plan> sweeper::plan_for(const usage& used) const {
  const std::uint64_t records = records_in(used);
  const std::uint64_t must_go = keeper_.excess(records, used.octets);
  if (must_go == 0 || !known_ages_) return std::nullopt;
  if (known_ages_->size() < std::max(must_go, records / 2)) return std::nullopt;
  return plan{known_ages_->cut(must_go), must_go, must_go, 0};
}

result<sweeper::step_result> sweeper::step(wall_time now) {
  auto writing = where_.begin_write();
  if (!writing) return writing.error();
  auto used = writing->used();
  if (!used) return used.error();
  if (!next_) ages_ = age_histogram(now);

  const place from = next_.value_or(place{});
  visit here(*this, from.in, now);
  here.ages = ages_;
  here.planned = plan_ ? plan_ : plan_for(*used);
  const std::size_t wanted = hurried_ ? options_.hurried_records_max : options_.step_records_max;
  const std::size_t most = std::min(wanted, step_limit_);
  // What is removed needs a little room, too.
  const auto failed = [&](const error_code& why) {
    if (is_map_full(why)) step_limit_ = std::max<std::size_t>(most / 2, 1);
    return why;
  };
  auto next = writing->sweep(
      from.in, from.key, most,
      [&](std::string_view key, std::string_view value) { return here.is_doomed(key, value); });
  if (!next) return failed(next.error());
  for (const auto& [key, octets] : here.mended) {
    if (auto put = writing->put(from.in, key, octets); !put) return failed(put.error());
  }
  used = writing->used();
  if (!used) return used.error();
  if (here.done.removed > 0 || !here.mended.empty()) {
    if (auto committed = writing->commit(); !committed) {
      return failed(committed.error());
    }
  }

  if (step_limit_ < wanted) step_limit_ *= 2;
  if (!next_) {
    began_ = now;
    removed_in_round_ = 0;
  }
  ages_ = here.ages;
  plan_ = here.planned;
  removed_in_round_ += here.done.removed;
  advance(std::move(*next));
  if (plan_ && plan_->left == 0) {
    keeper_.kept(used->octets);
    if (known_ages_) known_ages_->take(plan_->all);
    plan_.reset();
  }
  note_usage(*used);
  return here.done;
}

void sweeper::advance(std::optional<std::string> next_key) {
  const table in = next_.value_or(place{}).in;
  if (next_key) {
    next_ = place{in, *std::move(next_key)};
  } else if (in == table::verdicts) {
    next_ = place{table::domains, {}};
  } else if (in == table::domains) {
    next_ = place{table::hosts, {}};
  } else {
    // A round has ended. A plan that was made on the way has one whole round more.
    next_.reset();
    known_ages_ = ages_;
    in_vain_ = false;
    if (plan_ && ++plan_->rounds == 2) {
      in_vain_ = removed_in_round_ == 0;
      plan_.reset();
    }
  }
}

}  // namespace cbv::cache
