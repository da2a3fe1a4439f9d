#include "cache/records/domain_record.hpp"

#include <chrono>

#include "cache/records/fields.hpp"

namespace cbv::cache {
namespace {

bool is_over(wall_time noted, std::chrono::seconds life, wall_time now) noexcept {
  return now >= noted + life;
}

bool is_from_the_future(wall_time noted, wall_time now) noexcept {
  return noted > now + clock_slack;
}

bool is_good(wall_time noted, std::chrono::seconds life, wall_time now) noexcept {
  return !is_over(noted, life, now) && !is_from_the_future(noted, now);
}

std::chrono::seconds life_of(catch_all found, const lifetimes& times) noexcept {
  return found == catch_all::yes ? times.catch_all_yes : times.catch_all_no;
}

// Zero seconds since 1970 is "never" on the disk.
std::optional<wall_time> time_or_never(wall_time read) {
  if (read == wall_time{}) return std::nullopt;
  return read;
}

}  // namespace

record_key encode_domain_key(role side, const domain& of) {
  return encode_key(side, "@" + of.text());
}

std::string encode_domain_record(std::string_view key, const domain_record& held) {
  field_writer out(32);
  out.number(domain_record_version);
  out.word(held.catch_all);
  out.time(held.null_sender_refused_at.value_or(wall_time{}));
  out.time(held.catch_all == catch_all::untested ? wall_time{} : held.catch_all_at);
  out.time(held.catch_all_tested_at.value_or(wall_time{}));
  return out.take_signed(key);
}

result<domain_record> decode_domain_record(std::string_view key, std::string_view octets) {
  const auto body = signed_body(key, octets);
  if (!body) return errc::record_corrupt;
  field_reader in(*body);
  if (in.number<std::uint8_t>() != domain_record_version) return errc::record_corrupt;
  domain_record read;
  read.catch_all = in.word<catch_all>();
  read.null_sender_refused_at = time_or_never(in.time());
  read.catch_all_at = in.time();
  read.catch_all_tested_at = time_or_never(in.time());
  if (!in.good()) return errc::record_corrupt;
  if (read.catch_all == catch_all::untested) read.catch_all_at = {};
  return read;
}

domain_facts facts_in(const domain_record& held, const lifetimes& times, wall_time now) noexcept {
  domain_facts known;
  known.null_sender_refused = held.null_sender_refused_at &&
                              is_good(*held.null_sender_refused_at, times.null_sender_refused, now);
  const bool is_known = is_good(held.catch_all_at, life_of(held.catch_all, times), now);
  if (is_known) known.catch_all = held.catch_all;
  return known;
}

bool is_catch_all_test_due(const domain_record& held, const lifetimes& times,
                           wall_time now) noexcept {
  if (facts_in(held, times, now).catch_all != catch_all::untested) return false;
  return !held.catch_all_tested_at ||
         !is_good(*held.catch_all_tested_at, times.catch_all_retest, now);
}

domain_record with_null_sender(domain_record held, bool refused, wall_time now) noexcept {
  held.null_sender_refused_at = refused ? std::optional(now) : std::nullopt;
  return held;
}

domain_record with_catch_all(domain_record held, catch_all found, wall_time now) noexcept {
  held.catch_all_tested_at = now;
  if (found == catch_all::untested) return held;
  held.catch_all = found;
  held.catch_all_at = now;
  return held;
}

bool is_forgotten(const domain_record& held, const lifetimes& times, wall_time now) noexcept {
  const auto is_needed = [now](std::optional<wall_time> noted, std::chrono::seconds life) {
    return noted && !is_over(*noted, life, now);
  };
  return !is_needed(held.null_sender_refused_at, times.null_sender_refused) &&
         !is_needed(held.catch_all_tested_at, times.catch_all_retest) &&
         (held.catch_all == catch_all::untested ||
          is_over(held.catch_all_at, life_of(held.catch_all, times), now));
}

}  // namespace cbv::cache
