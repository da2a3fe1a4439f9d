// Keys read back, and the stretches of keys that a domain has. Pure; FORMAT.md is the contract.
#ifndef CBV_CACHE_RECORDS_KEY_TEXT_HPP
#define CBV_CACHE_RECORDS_KEY_TEXT_HPP

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/address/domain.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::cache {

/// What the key of a verdict, a booking or a domain says. The mailbox is as cache_key() has it;
/// of a domain the local-part is empty.
struct key_text {
  cbv::role role = cbv::role::recipient;
  std::string local_part;
  std::string domain;

  friend bool operator==(const key_text&, const key_text&) = default;
};

/// Nothing if it is no such key. Only keys of what encode_key() makes come back as they were.
std::optional<key_text> decode_key(std::string_view key);

/// The keys from `from` up to `until`, without it; empty: no end.
struct key_range {
  std::string from;
  std::string until;

  friend bool operator==(const key_range&, const key_range&) = default;
};

/// Where the keys of a domain stand, both roles, in the tables of verdicts, bookings and domains;
/// the second stretch, if it is asked for, is that of its subdomains.
std::vector<key_range> ranges_of(const domain& of, bool with_subdomains);

}  // namespace cbv::cache

#endif
