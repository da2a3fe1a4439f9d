#include "cache/lmdb_store.hpp"

#include <functional>
#include <string_view>
#include <utility>

namespace cbv::cache {
namespace {

/// Nothing to write and nothing to sweep: the writer looks around this often all the same.
constexpr std::chrono::hours idle_max{1};

/// All of the group or nothing of it.
result<void> write_group(environment& where, const std::vector<queued_record>& group) {
  auto writing = where.begin_write();
  if (!writing) return writing.error();
  for (const auto& [key, octets] : group) {
    if (auto put = writing->put(table::verdicts, key, octets); !put) return put;
  }
  return writing->commit();
}

}  // namespace

bool lmdb_store::once_a_minute::passes() noexcept {
  const auto now = steady::now().time_since_epoch();
  auto next = next_.load(std::memory_order_relaxed);
  if (now.count() < next) return false;
  const auto after = now + std::chrono::duration_cast<steady::duration>(std::chrono::minutes{1});
  return next_.compare_exchange_strong(next, after.count(), std::memory_order_relaxed);
}

opened<std::unique_ptr<lmdb_store>> lmdb_store::open(lmdb_store_options options, logger log) {
  auto where = environment::open(options.environment);
  if (!where) return where.error();
  return std::unique_ptr<lmdb_store>(
      new lmdb_store(std::move(options), std::move(log), std::move(*where)));
}

lmdb_store::lmdb_store(lmdb_store_options options, logger log, std::unique_ptr<environment> where)
    : options_(std::move(options)),
      log_(std::move(log)),
      environment_(std::move(where)),
      queue_(options_.queue),
      sweeper_(*environment_, options_.times, options_.sweeping) {
  const store_counts found = counts();
  log_.write(severity::notice, "cache_opened",
             {{"directory", options_.environment.directory},
              {"made", environment_->was_made() ? "yes" : "no"},
              {"records", found.records},
              {"octets", found.file_octets},
              {"stale_readers", environment_->stale_readers()}});
  writer_ = std::thread([this] { write_behind(); });
}

lmdb_store::~lmdb_store() {
  queue_.stop();
  writer_.join();
  const std::size_t lost = queue_.size();
  if (lost > 0) log_.write(severity::error, "cache_writes_lost", {{"records", lost}});
}

result<std::optional<remembered>> lmdb_store::find(role side, const mailbox& address,
                                                   wall_time now) {
  auto held = held_under(encode_key(side, address));
  if (!held) return held.error();
  if (!*held) return std::optional<remembered>{};
  const freshness how = freshness_of((*held)->verdict, now);
  if (how == freshness::expired) return std::optional<remembered>{};
  return std::optional{remembered{as_remembered(std::move(**held)), how == freshness::refresh_due}};
}

verdict lmdb_store::put(role side, const mailbox& address, verdict made, wall_time now) {
  last_now_.store(now, std::memory_order_relaxed);
  const record_key key = encode_key(side, address);
  const std::lock_guard settling(settling_of(key));
  auto held = held_under(key);
  settlement settled = settle(held ? *held : std::nullopt, std::move(made), options_.times, now);
  if (settled.keep && !queue_.put(key.octets(), encode_record(key.octets(), *settled.keep))) {
    const auto dropped = dropped_.fetch_add(1, std::memory_order_relaxed) + 1;
    if (dropped_line_.passes()) {
      log_.write(severity::warning, "cache_write_dropped",
                 {{"queued", queue_.size()}, {"dropped", dropped}});
    }
  }
  return std::move(settled.tell);
}

result<void> lmdb_store::flush() {
  return queue_.flush();
}

store_counts lmdb_store::counts() {
  store_counts all;
  if (auto reading = environment_->begin_read()) {
    if (const auto records = reading->count(table::verdicts)) all.records = *records;
  }
  all.queued = queue_.size();
  all.committed = committed_.load(std::memory_order_relaxed);
  all.dropped = dropped_.load(std::memory_order_relaxed);
  all.swept = swept_.load(std::memory_order_relaxed);
  all.corrupt = corrupt_.load(std::memory_order_relaxed);
  all.failed_reads = failed_reads_.load(std::memory_order_relaxed);
  all.failed_commits = failed_commits_.load(std::memory_order_relaxed);
  all.file_octets = environment_->file_octets();
  all.map_octets = environment_->map_octets();
  return all;
}

/// The queue first, the disk second: what left the queue in between is on the disk.
result<std::optional<record>> lmdb_store::held_under(const record_key& key) {
  const std::string_view octets = key.octets();
  result<record> read = errc::record_corrupt;
  if (const auto queued = queue_.find(octets)) {
    read = decode_record(octets, *queued);
  } else {
    auto reading = environment_->begin_read();
    auto found = reading ? reading->get(table::verdicts, octets)
                         : result<std::optional<std::string_view>>(reading.error());
    if (!found) {
      failed_reads_.fetch_add(1, std::memory_order_relaxed);
      if (read_line_.passes()) {
        log_.write(severity::error, "cache_read_failed", {{"error", found.error().message()}});
      }
      return found.error();
    }
    if (!*found) return std::optional<record>{};
    read = decode_record(octets, **found);
  }
  if (!read) {
    corrupt_.fetch_add(1, std::memory_order_relaxed);
    if (corrupt_line_.passes()) log_.write(severity::error, "cache_record_corrupt");
    return read.error();
  }
  return std::optional{std::move(*read)};
}

std::mutex& lmdb_store::settling_of(const record_key& key) noexcept {
  return settling_[std::hash<std::string_view>{}(key.octets()) % settling_.size()];
}

void lmdb_store::write_behind() {
  auto next_sweep = steady::now() + options_.sweep_pause;
  while (true) {
    const bool stopping = queue_.is_stopping();
    const auto group = queue_.take(is_sweep_due() ? next_sweep : steady::now() + idle_max);
    const auto outcome = commit(group);
    queue_.settle(outcome ? error_code{} : outcome.error());
    if (!outcome) commit_failed(outcome.error());
    if (stopping && (!outcome || queue_.size() == 0)) return;
    if (!outcome) queue_.pause(options_.retry_pause);
    if (is_sweep_due() && steady::now() >= next_sweep) {
      sweep();
      next_sweep = steady::now() + options_.sweep_pause;
    }
  }
}

result<void> lmdb_store::commit(const std::vector<queued_record>& group) {
  if (group.empty()) return {};
  while (true) {
    auto done = write_group(*environment_, group);
    if (!done && is_map_full(done.error()) && environment_->grow()) continue;
    if (done) committed_.fetch_add(group.size(), std::memory_order_relaxed);
    return done;
  }
}

void lmdb_store::commit_failed(const error_code& why) {
  failed_commits_.fetch_add(1, std::memory_order_relaxed);
  if (!commit_line_.passes()) return;
  log_.write(severity::error, "cache_commit_failed",
             {{"error", why.message()},
              {"queued", queue_.size()},
              {"file_octets", environment_->file_octets()},
              {"map_octets", environment_->map_octets()}});
}

bool lmdb_store::is_sweep_due() const noexcept {
  const wall_time now = last_now_.load(std::memory_order_relaxed);
  return now != wall_time::min() && sweeper_.is_due(now);
}

void lmdb_store::sweep() {
  const auto done = sweeper_.step(last_now_.load(std::memory_order_relaxed));
  if (!done) {
    commit_failed(done.error());
    return;
  }
  swept_.fetch_add(done->removed, std::memory_order_relaxed);
  corrupt_.fetch_add(done->corrupt, std::memory_order_relaxed);
  if (done->corrupt > 0 && corrupt_line_.passes()) {
    log_.write(severity::error, "cache_record_corrupt", {{"removed", done->corrupt}});
  }
}

}  // namespace cbv::cache
