// The booked re-probes: all of them in memory, and each on the disk.
#ifndef CBV_CACHE_BOOKING_LIST_HPP
#define CBV_CACHE_BOOKING_LIST_HPP

#include <cstddef>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "cache/shelf/shelf.hpp"
#include "cbv/base/result.hpp"
#include "cbv/verdict/booking_book.hpp"

namespace cbv::cache {

/// The port's promises. They are few, so that a lock around each call is cheap.
class booking_list final : public booking_book {
 public:
  /// Reads what is on the disk. Damaged records, and those beyond `bookings_max`, are removed. The
  /// shelf outlives it.
  booking_list(shelf& on, std::size_t bookings_max);

  bool book(const booking& wanted) override;
  void cancel(role side, const mailbox& address) override;
  std::vector<booking> booked() override;

  enum class taking { taken, too_many };

  /// Takes over a record that comes from elsewhere, in place of what stands under its key.
  /// record_corrupt if it is none; too_many: nothing has changed.
  result<taking> bring(std::string_view key, std::string octets);

  /// What was brought since the last call, as it is booked now: for who begins re-probes.
  std::vector<booking> take_brought();

  /// The same as cancel(), by the key of the record. False if nothing is booked under it.
  bool cancel(std::string_view key);

 private:
  shelf& shelf_;
  const std::size_t bookings_max_;
  std::mutex mutex_;
  std::map<std::string, booking, std::less<>> by_key_;
  std::vector<std::string> brought_;  // their keys
};

}  // namespace cbv::cache

#endif
