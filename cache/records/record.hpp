// A remembered verdict as octets, and the key it stands under. FORMAT.md is the contract.
#ifndef CBV_CACHE_RECORDS_RECORD_HPP
#define CBV_CACHE_RECORDS_RECORD_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cbv/address/mailbox.hpp"
#include "cbv/base/result.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::cache {

inline constexpr std::uint8_t record_version = 1;

/// A key has a domain of at most 255 octets, a local-part of at most 64, and two octets of ours:
/// 321 octets. LMDB takes 511.
inline constexpr std::size_t key_octets_max = 255 + 1 + 64 + 1;

inline constexpr std::size_t detail_octets_max = 512;

/// What is remembered of a mailbox in one role. `verdict` is as it was made: its source is not yet
/// `cache` or `stale`.
struct record {
  cbv::verdict verdict;
  std::uint8_t failures = 0;          // tries in a row that ended unknown, the last one included
  std::optional<reason> disputed_by;  // of a deliverable: the first refusal since

  friend bool operator==(const record&, const record&) = default;
};

/// The octets of a key, held inside, so that a look-up allocates nothing for them.
class record_key {
 public:
  std::string_view octets() const noexcept { return {octets_.data(), size_}; }
  bool empty() const noexcept { return size_ == 0; }

  /// Appends. False if it would pass key_octets_max; then the key is empty, for good.
  bool append(std::string_view more) noexcept;

  friend bool operator==(const record_key& a, const record_key& b) noexcept {
    return a.octets() == b.octets();
  }

 private:
  std::array<char, key_octets_max> octets_;
  std::uint16_t size_ = 0;
  bool too_long_ = false;
};

/// The key of a mailbox in a role. All keys of a domain stand together, and those of its subdomains
/// behind them. Never empty: the limits of a mailbox are those of a key.
record_key encode_key(role side, const mailbox& address);

/// The same from the form that cache_key() gives, "local-part@domain". Empty if that has no "@" or
/// is too long.
record_key encode_key(role side, std::string_view cache_key);

/// The octets of a record that is to stand under `key`; the checksum covers both. Strings are cut
/// to the limits of FORMAT.md, times and durations to what 32 bits hold.
std::string encode_record(std::string_view key, const record& held);

/// Reads what encode_record wrote. errc::record_corrupt if the octets are anything else: another
/// version, a wrong checksum, a word that is not known, a length that does not fit. Octets behind
/// the fields that are known are left alone. Throws nothing but bad_alloc.
result<record> decode_record(std::string_view key, std::string_view octets);

}  // namespace cbv::cache

#endif
