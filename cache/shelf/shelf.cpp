#include "cache/shelf/shelf.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

namespace cbv::cache {
namespace {

/// Nothing to write and nothing to sweep: the writer looks around this often all the same.
constexpr std::chrono::hours idle_max{1};

/// The queue has one kind of key. That of a verdict begins with a domain, so never with NUL, and is
/// as it stands; the others are marked with NUL and the number of their table.
std::string queue_key(table of, std::string_view key) {
  std::string marked{'\0', static_cast<char>(of)};
  marked.append(key);
  return marked;
}

/// Where the keys of a table from `from` on begin among those of the queue, and where they end.
std::string first_in_queue(table of, std::string_view from) {
  if (of != table::verdicts) return queue_key(of, from);
  return from.empty() ? std::string("\1") : std::string(from);
}

std::string end_in_queue(table of, std::string_view until) {
  if (of == table::verdicts) return std::string(until);
  if (!until.empty()) return queue_key(of, until);
  return {'\0', static_cast<char>(static_cast<char>(of) + 1)};
}

struct place {
  table of;
  std::string_view key;
};

place place_of(std::string_view queue_key) noexcept {
  if (!queue_key.starts_with('\0')) return {table::verdicts, queue_key};
  return {static_cast<table>(queue_key[1]), queue_key.substr(2)};
}

sweeper_options sweeping_of(const shelf_options& options) {
  sweeper_options sweeping = options.sweeping;
  if (options.octets_by_map) {
    sweeping.keep.octets_max = octets_for_map(options.environment.map_octets_max);
  }
  return sweeping;
}

open_error refused_compaction(const std::string& why) {
  return {open_fault::system_error, "the cache is not compacted: " + why};
}

}  // namespace

opened<std::unique_ptr<shelf>> shelf::open(shelf_options options, logger log) {
  std::unique_ptr<shelf> made(new shelf(std::move(options), std::move(log)));
  // Another cbvd in the same directory is a mistake that someone has to mend; all else passes.
  if (auto why = made->keeper_.open(); why && why->fault == open_fault::in_use) {
    return *std::move(why);
  }
  made->writer_ = std::thread([raw = made.get()] { raw->write_behind(); });
  return made;
}

shelf::shelf(shelf_options options, logger log)
    : options_(std::move(options)),
      log_(std::move(log)),
      environment_(std::make_unique<environment>(options_.environment)),
      keeper_(*environment_, options_.reopen_pause, log_),
      queue_(options_.queue),
      sweeper_(*environment_, options_.times, sweeping_of(options_)) {}

shelf::~shelf() {
  queue_.stop();
  if (writer_.joinable()) writer_.join();
  const std::size_t lost = queue_.size();
  if (lost > 0) log_.write(severity::error, "cache_writes_lost", {{"records", lost}});
}

bool shelf::put(table into, std::string_view key, std::string octets) {
  const bool taken = into == table::verdicts ? queue_.put(key, std::move(octets))
                                             : queue_.put(queue_key(into, key), std::move(octets));
  if (taken) return true;
  const auto dropped = dropped_.fetch_add(1, std::memory_order_relaxed) + 1;
  if (dropped_line_.passes()) {
    log_.write(severity::warning, "cache_write_dropped",
               {{"queued", queue_.size()}, {"dropped", dropped}});
  }
  return false;
}

bool shelf::remove(table from, std::string_view key) {
  return put(from, key, {});
}

std::optional<std::string> shelf::queued(table from, std::string_view key) const {
  if (from == table::verdicts) return queue_.find(key);
  return queue_.find(queue_key(from, key));
}

result<void> shelf::walk(
    table of, const std::function<void(std::string_view key, std::string_view octets)>& show) {
  const auto reading = environment_->begin_read();
  if (!reading) return read_failed(reading.error());
  if (auto walked = reading->walk(of, show); !walked) return read_failed(walked.error());
  return {};
}

/// The queue first, as find(): what left it in between is on the disk.
result<shelf_page> shelf::page(table of, std::string_view from, std::string_view until,
                               std::size_t most) {
  std::vector<queued_record> coming =
      queue_.range(first_in_queue(of, from), end_in_queue(of, until), most + 1);
  std::optional<std::string> end;
  if (coming.size() > most) {
    end = place_of(coming.back().key).key;
    coming.pop_back();
  }
  std::map<std::string, std::string, std::less<>> held;
  {
    const auto reading = environment_->begin_read();
    if (!reading) return read_failed(reading.error());
    const auto walked =
        reading->walk_from(of, from, [&](std::string_view key, std::string_view octets) {
          if ((!until.empty() && key >= until) || (end && key >= *end)) return false;
          if (held.size() == most) {
            end = key;
            return false;
          }
          held.emplace_hint(held.end(), key, octets);
          return true;
        });
    if (!walked) return read_failed(walked.error());
  }
  for (queued_record& one : coming) {
    const std::string_view key = place_of(one.key).key;
    if (end && key >= *end) break;
    held.insert_or_assign(std::string(key), std::move(one.octets));
  }
  if (held.size() > most) {
    const auto over = std::next(held.begin(), static_cast<std::ptrdiff_t>(most));
    end = over->first;
    held.erase(over, held.end());
  }
  shelf_page found;
  for (auto& [key, octets] : held) {
    if (!octets.empty()) found.records.push_back({key, std::move(octets)});
  }
  found.next = std::move(end);
  return found;
}

error_code shelf::read_failed(const error_code& why) {
  if (why == not_open()) return why;  // the keeper has said why
  failed_reads_.fetch_add(1, std::memory_order_relaxed);
  if (read_line_.passes()) {
    log_.write(severity::error, "cache_read_failed", {{"error", why.message()}});
  }
  if (is_damage(why) && !damage_met_.exchange(true, std::memory_order_relaxed)) queue_.wake();
  return why;
}

void shelf::note_corrupt() {
  corrupt_.fetch_add(1, std::memory_order_relaxed);
  if (corrupt_line_.passes()) log_.write(severity::error, "cache_record_corrupt");
}

std::mutex& shelf::settling_of(std::string_view key) noexcept {
  return settling_[std::hash<std::string_view>{}(key) % settling_.size()];
}

result<void> shelf::flush() {
  return queue_.flush();
}

store_counts shelf::counts() {
  store_counts all;
  if (auto reading = environment_->begin_read()) {
    if (const auto used = reading->used()) all.used = *used;
    all.records = all.used.of(table::verdicts).records;
  }
  all.queued = queue_.size();
  all.committed = committed_.load(std::memory_order_relaxed);
  all.dropped = dropped_.load(std::memory_order_relaxed);
  all.swept = swept_.load(std::memory_order_relaxed);
  all.pruned = pruned_.load(std::memory_order_relaxed);
  all.corrupt = corrupt_.load(std::memory_order_relaxed);
  all.failed_reads = failed_reads_.load(std::memory_order_relaxed);
  all.failed_commits = failed_commits_.load(std::memory_order_relaxed);
  all.file_octets = environment_->file_octets();
  all.map_octets = environment_->map_octets();
  return all;
}

void shelf::write_behind() {
  auto next_sweep = steady::now() + options_.sweep_pause;
  bool swept_last = true;  // without an error
  while (true) {
    const bool stopping = queue_.is_stopping();
    const bool ready = is_ready();
    serve_compaction();
    // Far over a bound, what is queued waits until enough has gone; then the queue takes no more.
    if (stopping || !ready || !swept_last || !sweeper_.holds_writes_back()) {
      const auto idle_end = ready ? steady::now() + idle_max : keeper_.next_try();
      const auto group = queue_.take(ready && is_sweep_due() ? next_sweep : idle_end);
      const auto outcome = commit(group);
      queue_.settle(outcome ? error_code{} : outcome.error());
      if (!outcome) commit_failed(outcome.error());
      if (stopping && (!outcome || queue_.size() == 0)) break;
      if (!outcome) queue_.pause(options_.retry_pause);
    }
    note_clock();
    if (!ready) continue;
    clear_stale_readers();
    if (is_sweep_due() && steady::now() >= next_sweep) {
      swept_last = sweep();
      if (!swept_last) queue_.pause(options_.retry_pause);
      const bool at_once = swept_last && sweeper_.is_hurried();
      next_sweep = steady::now() + (at_once ? std::chrono::milliseconds{0} : options_.sweep_pause);
    } else if (swept_last && sweeper_.is_hurried()) {
      next_sweep = std::min(next_sweep, steady::now());
    }
  }
  const std::lock_guard lock(compaction_mutex_);
  compaction_refused_ = true;
  if (compaction_) compaction_->set_value(refused_compaction("the daemon stops"));
}

bool shelf::is_ready() {
  if (damage_met_.exchange(false, std::memory_order_relaxed) && environment_->is_checked()) {
    keeper_.suspect("a page that was read makes no sense");
  }
  std::optional<steady::time_point> patience_ends;
  return keeper_.is_ready([this, &patience_ends] {
    if (!queue_.is_stopping()) return true;
    if (!patience_ends) patience_ends = steady::now() + options_.stop_patience;
    return steady::now() < *patience_ends;
  });
}

opened<compaction> shelf::compact() {
  std::future<opened<compaction>> done;
  {
    const std::lock_guard lock(compaction_mutex_);
    if (compaction_refused_) return refused_compaction("the daemon stops");
    if (compaction_) return refused_compaction("it is being compacted already");
    done = compaction_.emplace().get_future();
  }
  queue_.wake();
  return done.get();
}

void shelf::serve_compaction() {
  {
    const std::lock_guard lock(compaction_mutex_);
    if (!compaction_) return;
  }
  auto outcome = environment_->compact();
  if (outcome) {
    log_.write(
        severity::notice, "cache_compacted",
        {{"octets_before", outcome->octets_before}, {"octets_after", outcome->octets_after}});
  } else {
    log_.write(severity::error, "cache_not_compacted", {{"error", outcome.error().message}});
  }
  const std::lock_guard lock(compaction_mutex_);
  compaction_->set_value(std::move(outcome));
  compaction_.reset();
}

result<void> shelf::commit(const std::vector<queued_record>& group) {
  if (group.empty()) return {};
  if (!is_ready()) return not_open();
  while (true) {
    auto done = write_group(group);
    if (!done && is_map_full(done.error())) {
      if (environment_->grow()) continue;
      sweeper_.note_map_full();
    }
    if (done) committed_.fetch_add(group.size(), std::memory_order_relaxed);
    if (!done) done = environment_->meant_by(done.error());
    keeper_.note_write(done ? error_code{} : done.error());
    if (!done && is_damage(done.error())) keeper_.suspect(done.error().message());
    return done;
  }
}

/// All of the group or nothing of it.
result<void> shelf::write_group(const std::vector<queued_record>& group) {
  auto writing = environment_->begin_write();
  if (!writing) return writing.error();
  for (const auto& [marked, octets] : group) {
    const auto [of, key] = place_of(marked);
    auto done = octets.empty() ? writing->remove(of, key) : writing->put(of, key, octets);
    if (!done) return done;
  }
  const auto used = writing->used();
  if (auto done = writing->commit(); !done) return done;
  if (used) sweeper_.note_usage(*used);
  return {};
}

void shelf::commit_failed(const error_code& why) {
  failed_commits_.fetch_add(1, std::memory_order_relaxed);
  if (why == not_open()) return;  // the keeper has said why
  if (!commit_line_.passes()) return;
  log_.write(severity::error, "cache_commit_failed",
             {{"error", why.message()},
              {"queued", queue_.size()},
              {"file_octets", environment_->file_octets()},
              {"map_octets", environment_->map_octets()}});
}

bool shelf::is_sweep_due() const noexcept {
  const wall_time now = last_now_.load(std::memory_order_relaxed);
  return now != wall_time::min() && sweeper_.is_due(now);
}

/// The two clocks are read together, whenever a new time was told.
void shelf::note_clock() noexcept {
  const wall_time now = last_now_.load(std::memory_order_relaxed);
  if (now == last_seen_) return;
  last_seen_ = now;
  sweeper_.note_time(now, steady::now());
}

/// A reader that is gone would keep pages from being used again for ever. Only other programs that
/// look into the file can leave one.
void shelf::clear_stale_readers() {
  if (steady::now() < next_reader_look_) return;
  next_reader_look_ = steady::now() + options_.reader_pause;
  const int cleared = environment_->clear_stale_readers();
  if (cleared > 0) log_.write(severity::notice, "cache_readers_cleared", {{"readers", cleared}});
}

bool shelf::sweep() {
  auto done = sweeper_.step(last_now_.load(std::memory_order_relaxed));
  if (!done && is_map_full(done.error()) && environment_->grow()) return true;
  if (!done) {
    commit_failed(done.error());
    if (is_damage(done.error())) keeper_.suspect(done.error().message());
    return false;
  }
  pruned_.fetch_add(done->pruned, std::memory_order_relaxed);
  swept_.fetch_add(done->removed, std::memory_order_relaxed);
  corrupt_.fetch_add(done->corrupt, std::memory_order_relaxed);
  if (done->corrupt > 0 && corrupt_line_.passes()) {
    log_.write(severity::error, "cache_record_corrupt", {{"removed", done->corrupt}});
  }
  return true;
}

}  // namespace cbv::cache
