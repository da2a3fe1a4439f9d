#include "cache/catalogue.hpp"

#include <algorithm>
#include <mutex>
#include <utility>

#include "cache/records/booking_record.hpp"
#include "cache/records/domain_record.hpp"
#include "cache/records/host_record.hpp"
#include "cache/records/record.hpp"

namespace cbv::cache {
namespace {

/// Changes that may wait for the disk before we do: far below what the queue takes, so that
/// verdicts always find room.
constexpr std::size_t queued_max = 16'384;

error_code queue_is_full() {
  return make_error_code(boost::system::errc::no_buffer_space);
}

wall_time learnt_at(const domain_record& held) {
  const wall_time tested = held.catch_all_tested_at.value_or(wall_time{});
  const wall_time refused = held.null_sender_refused_at.value_or(wall_time{});
  return std::max({tested, refused, held.catch_all_at});
}

wall_time learnt_at(const host_facts& held) {
  const wall_time unreachable = held.unreachable ? held.unreachable->last : wall_time{};
  const wall_time refused = held.refused ? held.refused->last : wall_time{};
  return std::max(unreachable, refused);
}

result<std::string> as_it_is(std::string_view /*key*/, std::string_view octets) {
  return std::string(octets);
}

}  // namespace

std::optional<wall_time> learnt_at(table of, std::string_view key, std::string_view octets) {
  switch (of) {
    case table::verdicts:
      if (const auto held = decode_record(key, octets)) return held->verdict.checked_at;
      break;
    case table::domains:
      if (const auto held = decode_domain_record(key, octets)) return learnt_at(*held);
      break;
    case table::bookings:
      if (const auto held = decode_booking(key, octets)) return held->due;
      break;
    case table::hosts:
      if (const auto held = decode_host_record(key, octets)) return learnt_at(*held);
      break;
    case table::meta:
    case table::periods:
    case table::rankings:
      break;
  }
  return std::nullopt;
}

result<std::optional<std::string>> catalogue::octets(table of, std::string_view key) {
  return shelf_.find<std::string>(of, key, as_it_is);
}

result<void> catalogue::make_room() {
  if (shelf_.queued_records() < queued_max) return {};
  return shelf_.flush();
}

result<catalogue::forgotten> catalogue::forget(
    table of, const key_range& within, std::size_t most,
    const std::function<bool(std::string_view key, std::string_view octets)>& doomed) {
  if (const auto room = make_room(); !room) return room.error();
  auto found = shelf_.page(of, within.from, within.until, most);
  if (!found) return found.error();
  forgotten gone;
  for (const auto& [key, octets] : found->records) {
    if (!doomed(key, octets)) continue;
    if (of == table::bookings && bookings_ != nullptr && bookings_->cancel(key)) {
      ++gone.records;
      continue;
    }
    const std::lock_guard settling(shelf_.settling_of(key));
    if (!shelf_.remove(of, key)) return queue_is_full();
    ++gone.records;
  }
  gone.next = std::move(found->next);
  return gone;
}

result<std::uint64_t> catalogue::forget(table of, std::string_view key) {
  const key_range only{std::string(key), std::string(key) + '\0'};
  const auto gone = forget(of, only, 1, [](auto, auto) { return true; });
  if (!gone) return gone.error();
  return gone->records;
}

result<catalogue::outcome> catalogue::put(table into, std::string_view key, std::string octets,
                                          bool overwrite) {
  if (const auto room = make_room(); !room) return room.error();
  const std::lock_guard settling(shelf_.settling_of(key));
  const auto held = this->octets(into, key);
  if (!held) return held.error();
  if (*held) {
    if (**held == octets) return outcome::same;
    const auto theirs = learnt_at(into, key, octets);
    const auto ours = learnt_at(into, key, **held);
    if (!overwrite && ours && theirs && *ours > *theirs) return outcome::newer_kept;
  }
  if (into == table::bookings && bookings_ != nullptr) {
    const auto brought = bookings_->bring(key, std::move(octets));
    if (!brought) return brought.error();
    return *brought == booking_list::taking::taken ? outcome::written : outcome::too_many;
  }
  if (!shelf_.put(into, key, std::move(octets))) return queue_is_full();
  return outcome::written;
}

}  // namespace cbv::cache
