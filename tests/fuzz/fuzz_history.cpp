// Any octets as what the history keeps: never a crash, and what is read is written back as it was
// read.
//
// The checksum would keep a fuzzer out for ever, so the octets are also tried with one made right.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "cache/history/history_key.hpp"
#include "cache/history/history_record.hpp"
#include "cache/history/history_state.hpp"
#include "cache/history/ranking_record.hpp"
#include "cache/history/top_lists.hpp"
#include "cache/records/checksum.hpp"

namespace {

using namespace cbv;
using namespace cbv::cache;

void require(bool holds) {
  if (!holds) std::abort();
}

std::string with_checksum(std::string_view key, std::string_view body) {
  std::string all(body);
  const std::uint32_t sum = checksum(key, body);
  for (int shift = 0; shift < 32; shift += 8) all.push_back(static_cast<char>(sum >> shift & 0xff));
  return all;
}

void try_period(std::string_view key, std::string_view octets) {
  auto read = decode_history_record(key, octets);
  if (!read) return;
  const auto back = decode_history_record(key, encode_history_record(key, *read));
  require(back && *back == *read);
  read->counted += back->counted;
  read->counted -= back->counted;
  require(*back == *read);
}

void try_ranking(std::string_view key, std::string_view octets) {
  const auto read = decode_ranking_record(key, octets);
  if (!read) return;
  // A name that is not UTF-8 may be cut, so it is compared after that.
  const auto once = decode_ranking_record(key, encode_ranking_record(key, *read));
  require(once.has_value());
  const auto twice = decode_ranking_record(key, encode_ranking_record(key, *once));
  require(twice && *twice == *once);
  top_sum sum;
  sum.add(*read, names_kept(span::day));
  require(with({}, span::hour, sum).domains.size() <= names_kept(span::hour));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view octets(reinterpret_cast<const char*>(data), size);
  const std::string key("\x02\x6b\x00\xdf\x00", 5);
  for (const std::string& tried : {std::string(octets), with_checksum(key, octets)}) {
    try_period(key, tried);
    try_ranking(key, tried);
  }
  if (const auto state = decode_history_state(with_checksum(history_state_key, octets))) {
    const auto back = decode_history_state(encode_history_state(*state));
    require(back && *back == *state);
  }
  if (const auto one = parse_history_key(octets)) {
    require(history_key(one->of, one->from) == octets);
    require(one->from < one->to());
  }
  return 0;
}
