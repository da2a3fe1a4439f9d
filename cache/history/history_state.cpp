#include "cache/history/history_state.hpp"

#include "cache/records/fields.hpp"
#include "cbv/base/error.hpp"

namespace cbv::cache {

std::string encode_history_state(const history_state& held) {
  field_writer out(32);
  out.number(history_state_version);
  out.number(held.commits);
  out.number(std::uint8_t{held.since ? std::uint8_t{1} : std::uint8_t{0}});
  out.time(held.since.value_or(wall_time{}));
  out.time(held.kept.hours);
  out.time(held.kept.days);
  return out.take_signed(history_state_key);
}

result<history_state> decode_history_state(std::string_view octets) {
  const auto body = signed_body(history_state_key, octets);
  if (!body) return errc::record_corrupt;
  field_reader in(*body);
  if (in.number<std::uint8_t>() != history_state_version) return errc::record_corrupt;
  history_state read;
  read.commits = in.number<std::uint64_t>();
  const bool has_counted = in.number<std::uint8_t>() != 0;
  const wall_time since = in.time();
  if (has_counted) read.since = since;
  read.kept.hours = in.time();
  read.kept.days = in.time();
  if (!in.good()) return errc::record_corrupt;
  return read;
}

}  // namespace cbv::cache
