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

  /// The same as cancel(), by the key of the record. False if nothing is booked under it.
  bool cancel(std::string_view key);

 private:
  shelf& shelf_;
  const std::size_t bookings_max_;
  std::mutex mutex_;
  std::map<std::string, booking, std::less<>> by_key_;
};

}  // namespace cbv::cache

#endif
