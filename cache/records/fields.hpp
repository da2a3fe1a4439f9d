// The fields of records, written and read (FORMAT.md): for the .cpp files of the records.
#ifndef CBV_CACHE_RECORDS_FIELDS_HPP
#define CBV_CACHE_RECORDS_FIELDS_HPP

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "cache/records/checksum.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/base/utf8.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::cache {

/// Appends fields, little end first.
class field_writer {
 public:
  explicit field_writer(std::size_t octets) { octets_.reserve(octets); }

  template <class Number>
  void number(Number value) {
    static_assert(std::is_unsigned_v<Number>);
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
      octets_.push_back(static_cast<char>((value >> (8 * i)) & 0xff));
    }
  }

  template <class Word>
  void word(Word value) {
    number(static_cast<std::uint8_t>(value));
  }

  /// Seven bits an octet, the lowest first; all octets but the last have the high bit.
  void varint(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U) octets_.push_back(static_cast<char>(value | 0x80U));
    octets_.push_back(static_cast<char>(value));
  }

  void clamped(std::int64_t value) {
    constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
    number(static_cast<std::uint32_t>(std::clamp<std::int64_t>(value, 0, most)));
  }

  void time(wall_time value) { clamped(value.time_since_epoch().count()); }

  template <class Length>
  void text(std::string_view value, std::size_t octets_max) {
    const std::string_view kept = utf8::truncate(value, octets_max);
    number(static_cast<Length>(kept.size()));
    octets_.append(kept);
  }

  /// All of it, with the checksum that binds it to the key it is to stand under.
  std::string take_signed(std::string_view key) {
    number(checksum(key, octets_));
    return std::move(octets_);
  }

 private:
  std::string octets_;
};

/// Takes fields off the front. Once something is missing or odd it is bad for good, and all it
/// gives is zero or nothing.
class field_reader {
 public:
  explicit field_reader(std::string_view octets) : rest_(octets) {}

  template <class Number>
  Number number() {
    static_assert(std::is_unsigned_v<Number>);
    if (rest_.size() < sizeof(Number)) {
      fail();
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < sizeof(Number); ++i) {
      value |= std::uint64_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
    }
    rest_.remove_prefix(sizeof(Number));
    return static_cast<Number>(value);
  }

  std::uint64_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto octet = number<std::uint8_t>();
      const std::uint64_t bits = octet & 0x7fU;
      if (shift == 63 && bits > 1) break;
      value |= bits << shift;
      if (octet < 0x80) return good_ ? value : 0;
    }
    fail();
    return 0;
  }

  template <class Word>
  Word word() {
    const auto known = word_from_number<Word>(number<std::uint8_t>());
    if (!known) fail();
    return known.value_or(Word{});
  }

  wall_time time() { return wall_time{std::chrono::seconds{number<std::uint32_t>()}}; }

  template <class Length>
  std::string_view text(std::size_t octets_max) {
    const std::size_t length = number<Length>();
    if (length > octets_max || length > rest_.size()) {
      fail();
      return {};
    }
    const std::string_view value = rest_.substr(0, length);
    rest_.remove_prefix(length);
    return value;
  }

  bool good() const noexcept { return good_; }
  bool at_end() const noexcept { return rest_.empty(); }

 private:
  void fail() noexcept {
    good_ = false;
    rest_ = {};
  }

  std::string_view rest_;
  bool good_ = true;
};

/// The octets that take_signed() signed; nothing if they are cut, changed, or another key's.
inline std::optional<std::string_view> signed_body(std::string_view key, std::string_view octets) {
  constexpr std::size_t checksum_octets = 4;
  if (octets.size() < 1 + checksum_octets) return std::nullopt;
  const std::string_view body = octets.substr(0, octets.size() - checksum_octets);
  const auto written = field_reader(octets.substr(body.size())).number<std::uint32_t>();
  if (written != checksum(key, body)) return std::nullopt;
  return body;
}

}  // namespace cbv::cache

#endif
