// Remembers verdicts, facts about domains and booked re-probes in LMDB.
#ifndef CBV_CACHE_LMDB_STORE_HPP
#define CBV_CACHE_LMDB_STORE_HPP

#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "cache/booking_list.hpp"
#include "cache/catalogue.hpp"
#include "cache/domain_book.hpp"
#include "cache/host_book.hpp"
#include "cache/records/record.hpp"
#include "cache/shelf/shelf.hpp"
#include "cbv/verdict/verdict_store.hpp"

namespace cbv::cache {

struct lmdb_store_options : shelf_options {
  std::size_t bookings_max = 10'000;  // re-probes; one more is not booked
};

/// The store of cbvd. find() and put() are for all threads and never wait for the disk to be
/// written; find() takes no lock unless just this address is on its way to the disk.
///
/// Two puts of one address, from whatever threads, are settled one after the other, each with what
/// the one before left; which comes first is not defined.
///
/// While the disk does not take what is written (full, failing), up to queue.records_max records
/// stay in memory, and are answered from there; what is put beyond that is told, but not
/// remembered. All such trouble is logged, once a minute, and counted.
class lmdb_store final : public verdict_store {
 public:
  /// Opens the environment and starts the writer. `log` is used from several threads.
  static opened<std::unique_ptr<lmdb_store>> open(lmdb_store_options options, logger log);

  result<std::optional<remembered>> find(role side, const mailbox& address, wall_time now) override;

  verdict put(role side, const mailbox& address, verdict made, wall_time now) override;

  /// What is remembered of whole domains, in the same environment.
  domain_memory& domains() noexcept { return domains_; }

  /// Which far hosts are to be left alone, in the same environment.
  host_memory& hosts() noexcept { return hosts_; }

  /// The re-probes that are booked, in the same environment.
  booking_book& bookings() noexcept { return bookings_; }

  /// As the list's: what an import has booked since the last call.
  std::vector<booking> take_brought_bookings() { return bookings_.take_brought(); }

  /// All of it, for those who look after it. Not to outlive the store.
  catalogue all() noexcept { return {*shelf_, &bookings_}; }

  /// Waits until all that was put before is on disk, synced. An error: a commit failed; what was
  /// put is still queued and tried again.
  result<void> flush() { return shelf_->flush(); }

  /// As the shelf's: a new file without what is free; and what is wrong now.
  opened<compaction> compact() { return shelf_->compact(); }
  std::string trouble() const { return shelf_->trouble(); }

  /// What of all that was put is on disk, synced.
  write_progress progress() const { return shelf_->progress(); }

  store_counts counts() { return shelf_->counts(); }

 private:
  lmdb_store(std::unique_ptr<shelf> on, std::size_t bookings_max);

  const std::unique_ptr<shelf> shelf_;
  domain_book domains_;
  host_book hosts_;
  booking_list bookings_;
};

}  // namespace cbv::cache

#endif
