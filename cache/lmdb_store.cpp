#include "cache/lmdb_store.hpp"

#include <mutex>
#include <utility>

namespace cbv::cache {

opened<std::unique_ptr<lmdb_store>> lmdb_store::open(lmdb_store_options options, logger log) {
  const std::size_t bookings_max = options.bookings_max;
  auto on = shelf::open(std::move(options), std::move(log));
  if (!on) return on.error();
  return std::unique_ptr<lmdb_store>(new lmdb_store(std::move(*on), bookings_max));
}

lmdb_store::lmdb_store(std::unique_ptr<shelf> on, std::size_t bookings_max)
    : shelf_(std::move(on)), domains_(*shelf_), hosts_(*shelf_), bookings_(*shelf_, bookings_max) {}

result<std::optional<remembered>> lmdb_store::find(role side, const mailbox& address,
                                                   wall_time now) {
  const record_key key = encode_key(side, address);
  auto held = shelf_->find(table::verdicts, key.octets(), decode_record);
  if (!held) return held.error();
  if (!*held) return std::optional<remembered>{};
  const freshness how = freshness_of(**held, shelf_->times(), now);
  if (how == freshness::expired) return std::optional<remembered>{};
  return std::optional{remembered{as_remembered(std::move(**held)), how == freshness::refresh_due}};
}

verdict lmdb_store::put(role side, const mailbox& address, verdict made, wall_time now) {
  shelf_->note_time(now);
  const record_key key = encode_key(side, address);
  const std::lock_guard settling(shelf_->settling_of(key.octets()));
  auto held = shelf_->find(table::verdicts, key.octets(), decode_record);
  settlement settled = settle(held ? *held : std::nullopt, std::move(made), shelf_->times(), now);
  if (settled.keep) {
    shelf_->put(table::verdicts, key.octets(), encode_record(key.octets(), *settled.keep));
  }
  return std::move(settled.tell);
}

}  // namespace cbv::cache
