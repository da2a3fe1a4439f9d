#include "cache/records/booking_record.hpp"

#include "cache/records/fields.hpp"
#include "cache/records/record.hpp"

namespace cbv::cache {
namespace {

constexpr std::size_t mailbox_octets_max = 512;

}  // namespace

std::string encode_booking(std::string_view key, const booking& held) {
  const std::string address = to_string(held.address);
  field_writer out(16 + address.size());
  out.number(booking_record_version);
  out.number(held.tries);
  out.time(held.due);
  out.word(held.role);
  out.text<std::uint16_t>(address, mailbox_octets_max);
  return out.take_signed(key);
}

result<booking> decode_booking(std::string_view key, std::string_view octets) {
  const auto body = signed_body(key, octets);
  if (!body) return errc::record_corrupt;
  field_reader in(*body);
  if (in.number<std::uint8_t>() != booking_record_version) return errc::record_corrupt;
  const auto tries = in.number<std::uint8_t>();
  const wall_time due = in.time();
  const auto side = in.word<role>();
  const auto address = parse_mailbox(in.text<std::uint16_t>(mailbox_octets_max));
  if (!in.good() || !address) return errc::record_corrupt;
  if (encode_key(side, *address).octets() != key) return errc::record_corrupt;
  return booking{side, *address, due, tries};
}

}  // namespace cbv::cache
