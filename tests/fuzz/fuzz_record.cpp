// Any octets as a stored record: never a crash, and what is read is written back as it was read.
//
// The checksum would keep a fuzzer out for ever, so the octets are also tried with one made right.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cache/records/booking_record.hpp"
#include "cache/records/checksum.hpp"
#include "cache/records/domain_record.hpp"
#include "cache/records/host_record.hpp"
#include "cache/records/lifetimes.hpp"
#include "cache/records/record.hpp"

namespace {

using namespace cbv;
using namespace cbv::cache;

void require(bool holds) {
  if (!holds) std::abort();
}

void try_record(std::string_view key, std::string_view octets) {
  const auto read = decode_record(key, octets);
  if (!read) {
    require(read.error() == errc::record_corrupt);
    return;
  }
  // Text that is not UTF-8 may be cut elsewhere, but it is never over a limit here.
  const std::string again = encode_record(key, *read);
  const auto back = decode_record(key, again);
  require(back && *back == *read);
  require(octets.starts_with(std::string_view(again).substr(0, again.size() - 4)));

  // What was read can be settled and told.
  const wall_time now = read->verdict.checked_at;
  const settlement settled = settle(*read, read->verdict, lifetimes{}, now);
  if (settled.keep) {
    const auto kept = decode_record(key, encode_record(key, *settled.keep));
    require(kept.has_value());
  }
}

// The records beside the verdicts: what is read is written back as the same record.
void try_others(std::string_view key, std::string_view octets) {
  if (const auto facts = decode_domain_record(key, octets)) {
    const auto back = decode_domain_record(key, encode_domain_record(key, *facts));
    require(back && *back == *facts);
    facts_in(*facts, lifetimes{}, facts->catch_all_at);
  }
  // The key has as many octets as an IPv6 address.
  if (const auto host = decode_host_record(key, octets)) {
    const auto back = decode_host_record(key, encode_host_record(key, *host));
    require(back && *back == *host);
    facts_in(*host, lifetimes{}, wall_time{});
  }
  if (const auto booked = decode_booking(key, octets)) {
    const auto back = decode_booking(key, encode_booking(key, *booked));
    require(back && *back == *booked);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string octets(reinterpret_cast<const char*>(data), size);
  const std::string key("org.example\0bob\2", 16);
  try_record(key, octets);

  if (size < 4) return 0;
  std::string corrected = octets.substr(0, size - 4);
  const std::uint32_t sum = checksum(key, corrected);
  for (int shift = 0; shift < 32; shift += 8) {
    corrected.push_back(static_cast<char>((sum >> shift) & 0xff));
  }
  try_record(key, corrected);
  try_others(key, corrected);
  return 0;
}
