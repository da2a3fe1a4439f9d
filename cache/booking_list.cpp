#include "cache/booking_list.hpp"

#include <boost/system/errc.hpp>
#include <string_view>
#include <utility>

#include "cache/records/booking_record.hpp"
#include "cache/records/record.hpp"

namespace cbv::cache {

booking_list::booking_list(shelf& on, std::size_t bookings_max)
    : shelf_(on), bookings_max_(bookings_max) {
  std::vector<std::string> unwanted;
  const auto walked =
      shelf_.walk(table::bookings, [&](std::string_view key, std::string_view octets) {
        auto read = decode_booking(key, octets);
        if (!read) shelf_.note_corrupt();
        if (read && by_key_.size() < bookings_max_) {
          by_key_.emplace(key, *std::move(read));
        } else {
          unwanted.emplace_back(key);
        }
      });
  if (!walked) return;  // logged; what could be read is booked
  for (const std::string& key : unwanted) shelf_.remove(table::bookings, key);
}

bool booking_list::book(const booking& wanted) {
  const record_key key = encode_key(wanted.role, wanted.address);
  const std::lock_guard lock(mutex_);
  const auto held = by_key_.find(key.octets());
  if (held != by_key_.end()) {
    held->second = wanted;
  } else if (by_key_.size() < bookings_max_) {
    by_key_.emplace(key.octets(), wanted);
  } else {
    return false;
  }
  // If the disk takes nothing it is booked until the end of the process.
  shelf_.put(table::bookings, key.octets(), encode_booking(key.octets(), wanted));
  return true;
}

result<booking_list::taking> booking_list::bring(std::string_view key, std::string octets) {
  auto read = decode_booking(key, octets);
  if (!read) return read.error();
  const std::lock_guard lock(mutex_);
  const auto held = by_key_.find(key);
  if (held == by_key_.end() && by_key_.size() >= bookings_max_) return taking::too_many;
  if (!shelf_.put(table::bookings, key, std::move(octets))) {
    return make_error_code(boost::system::errc::no_buffer_space);
  }
  by_key_.insert_or_assign(std::string(key), *std::move(read));
  if (brought_.size() < bookings_max_) brought_.emplace_back(key);
  return taking::taken;
}

std::vector<booking> booking_list::take_brought() {
  const std::lock_guard lock(mutex_);
  std::vector<booking> all;
  for (const std::string& key : std::exchange(brought_, {})) {
    const auto held = by_key_.find(key);
    if (held != by_key_.end()) all.push_back(held->second);
  }
  return all;
}

void booking_list::cancel(role side, const mailbox& address) {
  cancel(encode_key(side, address).octets());
}

bool booking_list::cancel(std::string_view key) {
  const std::lock_guard lock(mutex_);
  const auto held = by_key_.find(key);
  if (held == by_key_.end()) return false;
  shelf_.remove(table::bookings, key);
  by_key_.erase(held);
  return true;
}

std::vector<booking> booking_list::booked() {
  const std::lock_guard lock(mutex_);
  std::vector<booking> all;
  all.reserve(by_key_.size());
  for (const auto& [key, held] : by_key_) all.push_back(held);
  return all;
}

}  // namespace cbv::cache
