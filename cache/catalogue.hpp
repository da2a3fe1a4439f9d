// All that is remembered, looked through and changed by those who look after it: in steps.
#ifndef CBV_CACHE_CATALOGUE_HPP
#define CBV_CACHE_CATALOGUE_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "cache/booking_list.hpp"
#include "cache/file/table.hpp"
#include "cache/records/key_text.hpp"
#include "cache/shelf/shelf.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/base/result.hpp"

namespace cbv::cache {

/// The tables with records that may be looked at, in the order in which they are gone through.
inline constexpr std::array kept_tables{table::verdicts, table::domains, table::bookings,
                                        table::hosts};

/// When a record was learnt, so that of two the newer may be kept: checked, tested, due, last
/// failed. Nothing if it is damaged. Pure.
std::optional<wall_time> learnt_at(table of, std::string_view key, std::string_view octets);

/// Each call is one step: bounded work, no snapshot held when it returns. May wait for the disk, so
/// it is not for io threads. Usable from all threads.
class catalogue {
 public:
  /// What is read is found as find() of the books would find it. All outlive it; `bookings` may be
  /// null where none are kept in memory.
  catalogue(shelf& on, booking_list* bookings) : shelf_(on), bookings_(bookings) {}

  result<shelf_page> page(table of, std::string_view from, std::string_view until,
                          std::size_t most) {
    return shelf_.page(of, from, until, most);
  }

  /// What stands under the key, damaged or not.
  result<std::optional<std::string>> octets(table of, std::string_view key);

  /// What went of a stretch, and from where to go on; nothing: that was all of it.
  struct forgotten {
    std::uint64_t records = 0;
    std::optional<std::string> next;
  };

  /// Looks at `most` records, and forgets those that `doomed` says. When it returns, nobody finds
  /// them any more, committed or not. An error if the disk takes no more changes.
  result<forgotten> forget(
      table of, const key_range& within, std::size_t most,
      const std::function<bool(std::string_view key, std::string_view octets)>& doomed);

  /// Forgets one record. How many there were: one, or none.
  result<std::uint64_t> forget(table of, std::string_view key);

  enum class outcome { written, same, newer_kept, too_many };

  /// Puts octets that are a record's. What is there and was learnt later stays, unless `overwrite`.
  /// Bookings are taken up as any, up to their bound: too_many, and nothing has changed.
  result<outcome> put(table into, std::string_view key, std::string octets, bool overwrite);

  /// Waits until all changes are on the disk.
  result<void> flush() { return shelf_.flush(); }

  /// As the shelf's: a new file without what is free.
  opened<compaction> compact() { return shelf_.compact(); }

  store_counts counts() { return shelf_.counts(); }
  const lifetimes& times() const noexcept { return shelf_.times(); }
  shelf& on() noexcept { return shelf_; }

 private:
  result<void> make_room();

  shelf& shelf_;
  booking_list* bookings_;
};

}  // namespace cbv::cache

#endif
