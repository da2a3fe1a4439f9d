#include "cache/host_book.hpp"

#include <mutex>
#include <utility>

namespace cbv::cache {

host_facts host_book::held_under(std::string_view key) {
  auto held = shelf_.find(table::hosts, key, decode_host_record);
  return held && *held ? *std::move(*held) : host_facts{};
}

void host_book::keep(std::string_view key, const host_facts& held) {
  if (held == host_facts{}) {
    shelf_.remove(table::hosts, key);
  } else {
    shelf_.put(table::hosts, key, encode_host_record(key, held));
  }
}

host_facts host_book::facts(const boost::asio::ip::address& of, wall_time now) {
  return facts_in(held_under(encode_host_key(of)), shelf_.times(), now);
}

void host_book::note_trouble(const boost::asio::ip::address& of, host_fault what, wall_time until,
                             std::string said, wall_time now) {
  shelf_.note_time(now);
  const std::string key = encode_host_key(of);
  const std::lock_guard settling(shelf_.settling_of(key));
  host_facts known = facts_in(held_under(key), shelf_.times(), now);
  keep(key, with_trouble(std::move(known), what, until, std::move(said), now));
}

/// Nothing is written where nothing changes: that a host answers is noted at every session.
void host_book::note_success(const boost::asio::ip::address& of, host_fault what, wall_time now) {
  shelf_.note_time(now);
  const std::string key = encode_host_key(of);
  const std::lock_guard settling(shelf_.settling_of(key));
  const host_facts held = held_under(key);
  const host_facts left = without_trouble(held, what);
  if (left != held) keep(key, left);
}

bool host_book::forget(const boost::asio::ip::address& of) {
  const std::string key = encode_host_key(of);
  const std::lock_guard settling(shelf_.settling_of(key));
  const bool known = held_under(key) != host_facts{};
  shelf_.remove(table::hosts, key);
  return known;
}

}  // namespace cbv::cache
