#include "cache/domain_book.hpp"

#include <mutex>

namespace cbv::cache {

domain_record domain_book::held_under(const record_key& key) {
  const auto held = shelf_.find(table::domains, key.octets(), decode_domain_record);
  return held && *held ? **held : domain_record{};
}

/// Nothing is written where nothing changes: that the null sender is taken is noted at every
/// callout.
template <class Change>
void domain_book::change(role side, const domain& of, wall_time now, Change&& into) {
  shelf_.note_time(now);
  const record_key key = encode_domain_key(side, of);
  const std::lock_guard settling(shelf_.settling_of(key.octets()));
  const domain_record held = held_under(key);
  const domain_record changed = into(held);
  if (changed == held) return;
  if (changed == domain_record{}) {
    shelf_.remove(table::domains, key.octets());
  } else {
    shelf_.put(table::domains, key.octets(), encode_domain_record(key.octets(), changed));
  }
}

domain_facts domain_book::facts(role side, const domain& of, wall_time now) {
  return facts_in(held_under(encode_domain_key(side, of)), shelf_.times(), now);
}

void domain_book::note_null_sender(role side, const domain& of, bool refused, wall_time now) {
  change(side, of, now,
         [&](const domain_record& held) { return with_null_sender(held, refused, now); });
}

void domain_book::note_catch_all(role side, const domain& of, catch_all found, wall_time now) {
  change(side, of, now,
         [&](const domain_record& held) { return with_catch_all(held, found, now); });
}

bool domain_book::is_catch_all_test_due(role side, const domain& of, wall_time now) {
  return cache::is_catch_all_test_due(held_under(encode_domain_key(side, of)), shelf_.times(), now);
}

void domain_book::forget(const domain& of) {
  for (const role side : {role::sender, role::recipient}) {
    const record_key key = encode_domain_key(side, of);
    const std::lock_guard settling(shelf_.settling_of(key.octets()));
    shelf_.remove(table::domains, key.octets());
  }
}

}  // namespace cbv::cache
