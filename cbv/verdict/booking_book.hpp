// Booked re-probes, as a port: cache/ implements it over LMDB, tests over a map.
#ifndef CBV_VERDICT_BOOKING_BOOK_HPP
#define CBV_VERDICT_BOOKING_BOOK_HPP

#include <cstdint>
#include <vector>

#include "cbv/address/mailbox.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv {

/// A mailbox that is to be asked about again without being asked for.
struct booking {
  cbv::role role = cbv::role::recipient;
  mailbox address;  // exactly as it was received: a greylist knows the one that it has seen
  wall_time due{};
  std::uint8_t tries = 0;  // re-probes begun so far

  friend bool operator==(const booking&, const booking&) = default;
};

/// Keeps bookings over restarts, one by role and mailbox, up to a bound. Usable from all threads;
/// no call waits for the disk.
class booking_book {
 public:
  booking_book() = default;
  booking_book(const booking_book&) = delete;
  booking_book& operator=(const booking_book&) = delete;
  virtual ~booking_book() = default;

  /// Books, in place of what is booked for the same role and mailbox. False if there are too many:
  /// nothing has changed then.
  virtual bool book(const booking& wanted) = 0;

  /// No error if nothing is booked.
  virtual void cancel(role side, const mailbox& address) = 0;

  /// All that are booked, in no order.
  virtual std::vector<booking> booked() = 0;
};

}  // namespace cbv

#endif
