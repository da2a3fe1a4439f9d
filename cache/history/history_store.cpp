#include "cache/history/history_store.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "cache/history/history_key.hpp"
#include "cache/history/ranking_record.hpp"

namespace cbv::cache {
namespace {

constexpr std::size_t names_told_max = 100;

environment_options environment_of(const history_store_options& options) {
  environment_options made;
  made.directory = options.directory + "/history";
  made.map_octets = options.map_octets;
  made.map_octets_max = options.map_octets_max;
  made.simultaneous_readers_max = 2;
  made.kind = &history_layout;
  return made;
}

std::uint64_t calls_in(const counters& of) noexcept {
  return of.sender.calls + of.recipient.calls;
}

template <class Parts>
std::uint64_t calls_in_all(const Parts& parts) noexcept {
  std::uint64_t calls = 0;
  for (const auto& [hour, one] : parts) calls += calls_in(one.counted);
  return calls;
}

void add_roles(counted_period& to, const counters& more) {
  counters sum;
  sum.sender = to.sender;
  sum.recipient = to.recipient;
  sum += more;
  to.sender = sum.sender;
  to.recipient = sum.recipient;
}

}  // namespace

history_store::history_store(history_store_options options, const logger& log)
    : options_(std::move(options)),
      log_(log),
      environment_(environment_of(options_)),
      keeper_(environment_, options_.reopen_pause, log_),
      clock_(options_.clock_trust) {}

history_progress history_store::progress() const noexcept {
  // In this order: more may be added between the two, but none is committed before it is added.
  const std::uint64_t committed = committed_.load(std::memory_order_acquire);
  return {added_.load(std::memory_order_acquire), committed};
}

// --- adding

result<void> history_store::add(wall_time at, const counters& more, const rankings& met,
                                std::size_t full) {
  if (more != counters{} || !is_empty(met)) {
    added_.fetch_add(calls_in(more), std::memory_order_acq_rel);
    part added{more, {}};
    added.met.add(met, full);
    keep_waiting(begin_of(span::hour, countable(at)), added);
  }
  return flush();
}

result<void> history_store::flush() {
  if (waiting_.empty() && unsure_.empty()) return {};
  return write(std::nullopt);
}

void history_store::look_after(wall_time now, time_point at) {
  clock_.note(now, at);
  if (!keeper_.is_ready({})) return;
  if (clock_.is_trusted() && kept_at(now, last_known_.kept) != last_known_.kept) {
    [[maybe_unused]] const auto written = write(now);
    return;
  }
  [[maybe_unused]] const auto written = flush();
}

/// When there are too many hours, the first of them becomes part of the second: nothing is lost but
/// when it was.
void history_store::keep_waiting(wall_time hour, const part& more) {
  behind_.store(true, std::memory_order_relaxed);
  part& here = waiting_[hour];
  here.counted += more.counted;
  here.met.add(more.met);
  if (waiting_.size() <= options_.waiting_hours_max) return;
  const part first = waiting_.extract(waiting_.begin()).mapped();
  keep_waiting(waiting_.begin()->first, first);
}

/// After a commit() that failed: whether its transaction is in the file.
void history_store::settle_unsure(std::uint64_t commits) {
  parts unsure = std::exchange(unsure_, {});
  if (unsure.empty()) return;
  if (commits == unsure_commit_) {
    committed_.fetch_add(calls_in_all(unsure), std::memory_order_acq_rel);
    behind_.store(!waiting_.empty(), std::memory_order_relaxed);
    return;
  }
  for (const auto& [hour, one] : unsure) keep_waiting(hour, one);
}

result<void> history_store::write(std::optional<wall_time> prune_at) {
  if (!keeper_.is_ready({})) {
    note_failure(not_open());
    return not_open();
  }
  while (true) {
    auto done = write_once(prune_at);
    if (!done && is_map_full(done.error()) && environment_.grow()) continue;
    if (!done) done = environment_.meant_by(done.error());
    keeper_.note_write(done ? error_code{} : done.error());
    if (done) return done;
    note_failure(done.error());
    if (is_damage(done.error())) keeper_.suspect(done.error().message());
    return done;
  }
}

/// All that waits, or nothing of it.
result<void> history_store::write_once(std::optional<wall_time> prune_at) {
  history_state state;
  {
    const auto reading = environment_.begin_read();
    if (!reading) return reading.error();
    const auto found = state_in(*reading);
    if (!found) return found.error();
    state = *found;
  }
  settle_unsure(state.commits);

  auto writing = environment_.begin_write();
  if (!writing) return writing.error();
  for (const auto& [hour, one] : waiting_) {
    if (auto done = put(*writing, state.kept, hour, one); !done) return done;
    state.since = std::min(state.since.value_or(hour), hour);
  }
  if (prune_at) {
    state.kept = kept_at(*prune_at, state.kept);
    if (auto done = prune(*writing, state.kept); !done) return done;
  }
  ++state.commits;
  const std::string octets = encode_history_state(state);
  if (auto done = writing->put(table::meta, history_state_key, octets); !done) return done;

  // Whatever commit() says, from here on it may be on the disk.
  unsure_ = std::exchange(waiting_, {});
  unsure_commit_ = state.commits;
  if (auto done = writing->commit(); !done) return done;
  last_known_ = state;
  settle_unsure(state.commits);
  return {};
}

result<void> history_store::put(write_transaction& writing, const kept_from& kept, wall_time hour,
                                const part& more) {
  for (const span of : {span::hour, span::day, span::month}) {
    if (!is_kept({of, begin_of(of, hour)}, kept)) continue;
    const std::string key = history_key(of, hour);
    if (more.counted != counters{}) {
      const auto octets = writing.get(table::periods, key);
      if (!octets) return octets.error();
      history_record held;
      if (*octets) held = believed(decode_history_record(key, **octets), "period");
      held.counted += more.counted;
      const std::string made = encode_history_record(key, held);
      if (auto done = writing.put(table::periods, key, made); !done) return done;
    }
    if (more.met.is_empty()) continue;
    const auto octets = writing.get(table::rankings, key);
    if (!octets) return octets.error();
    rankings held;
    if (*octets) held = believed(decode_ranking_record(key, **octets), "ranking");
    const std::string made = encode_ranking_record(key, with(held, of, more.met));
    if (auto done = writing.put(table::rankings, key, made); !done) return done;
  }
  return {};
}

/// There are some thousand records at most, but for months; and once a day there is something to
/// do.
result<void> history_store::prune(write_transaction& writing, const kept_from& kept) {
  for (const table of : {table::periods, table::rankings}) {
    const auto done = writing.sweep(of, {}, std::numeric_limits<std::size_t>::max(),
                                    [&kept](std::string_view key, std::string_view) {
                                      const auto one = parse_history_key(key);
                                      return !one || !is_kept(*one, kept);
                                    });
    if (!done) return done.error();
  }
  return {};
}

// --- reading

result<history_state> history_store::state_in(const read_transaction& reading) {
  const auto octets = reading.get(table::meta, history_state_key);
  if (!octets) return octets.error();
  if (!*octets) return history_state{};
  auto found = decode_history_state(**octets);
  if (found) return found;
  note_corrupt("state");
  return state_by_keys(reading);
}

/// What the keys tell of it.
result<history_state> history_store::state_by_keys(const read_transaction& reading) {
  history_state made;
  made.kept = {wall_time::max(), wall_time::max()};
  kept_from none{};  // should there be no hour, or no day
  const auto walked = reading.walk(table::periods, [&](std::string_view key, std::string_view) {
    const auto one = parse_history_key(key);
    if (!one) return;
    made.since = std::min(made.since.value_or(one->from), one->from);
    if (one->of == span::day) none.hours = one->to();
    if (one->of == span::month) none.days = one->to();
    if (one->of == span::hour) made.kept.hours = std::min(made.kept.hours, one->from);
    if (one->of == span::day) made.kept.days = std::min(made.kept.days, one->from);
  });
  if (!walked) return walked.error();
  if (made.kept.hours == wall_time::max()) made.kept.hours = none.hours;
  if (made.kept.days == wall_time::max()) made.kept.days = none.days;
  made.kept.hours = begin_of(span::day, made.kept.hours);
  made.kept.days = begin_of(span::month, made.kept.days);
  return made;
}

history_answer history_store::read(const history_question& asked, wall_time now) {
  history_answer answer;
  const bool is_ready = keeper_.is_ready({});
  auto reading = is_ready ? environment_.begin_read() : result<read_transaction>(not_open());
  if (reading) {
    if (const auto state = state_in(*reading)) {
      settle_unsure(state->commits);
      last_known_ = *state;
    } else {
      note_failure(state.error());
    }
  }
  answer.counted_since = last_known_.since;
  for (const parts* each : {&unsure_, &waiting_}) {
    if (each->empty()) continue;
    const wall_time first = each->begin()->first;
    answer.counted_since = std::min(answer.counted_since.value_or(first), first);
  }
  const stretch time = covered_by(asked, now, answer.counted_since, last_known_.kept);
  answer.from = time.from;
  answer.to = time.to;
  if (asked.by) {
    for (const period& one : periods_in(time, *asked.by)) {
      answer.periods.push_back({one.from, one.to(), {}, {}});
    }
  }

  top_sum met;
  if (reading) read_kept(*reading, time, asked.by, answer, met);
  for (const parts* each : {&unsure_, &waiting_}) {
    for (const auto& [hour, one] : *each) {
      if (hour < time.from || hour >= time.to) continue;
      answer.sum += one.counted;
      met.add(one.met);
      const auto at = std::upper_bound(
          answer.periods.begin(), answer.periods.end(), hour,
          [](wall_time sought, const counted_period& of) { return sought < of.to; });
      if (at != answer.periods.end()) add_roles(*at, one.counted);
    }
  }
  answer.top = met.lists();
  for (ranking* list : {&answer.top.domains, &answer.top.hosts, &answer.top.clients}) {
    list->resize(std::min(list->size(), names_told_max));
  }
  answer.trouble = trouble();
  return answer;
}

void history_store::read_kept(const read_transaction& reading, const stretch& time,
                              std::optional<span> by, history_answer& into, top_sum& met) {
  const auto counted_in = [&](const period& one) {
    const std::string key = history_key(one.of, one.from);
    const auto octets = reading.get(table::periods, key);
    if (!octets) note_failure(octets.error());
    if (!octets || !*octets) return std::optional<counters>{};
    return std::optional(believed(decode_history_record(key, **octets), "period").counted);
  };
  for (const period& one : made_of(time, last_known_.kept)) {
    if (const auto counted = counted_in(one)) into.sum += *counted;
    const std::string key = history_key(one.of, one.from);
    const auto octets = reading.get(table::rankings, key);
    if (!octets) note_failure(octets.error());
    if (!octets || !*octets) continue;
    met.add(believed(decode_ranking_record(key, **octets), "ranking"), names_kept(one.of));
  }
  if (!by) return;
  for (counted_period& each : into.periods) {
    const auto counted = counted_in({*by, each.from});
    if (!counted) continue;
    each.sender = counted->sender;
    each.recipient = counted->recipient;
  }
}

// --- what goes wrong

void history_store::note_failure(const error_code& why) {
  if (why == not_open()) return;  // the keeper has said why
  if (!commit_line_.passes()) return;
  log_.write(severity::error, "history_failed",
             {{"error", why.message()},
              {"hours_waiting", waiting_.size() + unsure_.size()},
              {"file_octets", environment_.file_octets()}});
}

void history_store::note_corrupt(const char* what) {
  if (corrupt_line_.passes()) {
    log_.write(severity::error, "history_record_corrupt", {{"what", what}});
  }
}

/// A record that is damaged is taken as not there.
template <class Record>
Record history_store::believed(const result<Record>& read, const char* what) {
  if (read) return *read;
  note_corrupt(what);
  return {};
}

}  // namespace cbv::cache
