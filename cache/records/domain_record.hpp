// What is remembered of a domain, how long it is good for, and its octets. Pure; FORMAT.md is the
// contract.
#ifndef CBV_CACHE_RECORDS_DOMAIN_RECORD_HPP
#define CBV_CACHE_RECORDS_DOMAIN_RECORD_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cache/records/lifetimes.hpp"
#include "cache/records/record.hpp"
#include "cbv/address/domain.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/base/result.hpp"
#include "cbv/verdict/domain_memory.hpp"

namespace cbv::cache {

inline constexpr std::uint8_t domain_record_version = 1;

/// When what was found out. How long that is good for is for the lifetimes to say, when it is read.
struct domain_record {
  std::optional<wall_time> null_sender_refused_at;
  cbv::catch_all catch_all = catch_all::untested;
  wall_time catch_all_at{};                      // only if it is not untested
  std::optional<wall_time> catch_all_tested_at;  // the last test, whatever it brought

  friend bool operator==(const domain_record&, const domain_record&) = default;
};

/// The key of a domain in a role. It begins as those of its mailboxes do (record.hpp).
record_key encode_domain_key(role side, const domain& of);

std::string encode_domain_record(std::string_view key, const domain_record& held);

/// As decode_record().
result<domain_record> decode_domain_record(std::string_view key, std::string_view octets);

/// What is known at `now`. What was found out in the future, so before the clock was set back, is
/// not believed: it is found out anew.
domain_facts facts_in(const domain_record& held, const lifetimes& times, wall_time now) noexcept;

/// False while the outcome of a test is known, and for catch_all_retest after any test.
bool is_catch_all_test_due(const domain_record& held, const lifetimes& times,
                           wall_time now) noexcept;

/// The record once it is known that MAIL FROM:<> was or was not refused at `now`.
domain_record with_null_sender(domain_record held, bool refused, wall_time now) noexcept;

/// The record after a catch-all test at `now`. One without an outcome leaves what is known.
domain_record with_catch_all(domain_record held, catch_all found, wall_time now) noexcept;

/// There is nothing in it that could still be told at `now`: the sweeper may have it.
bool is_forgotten(const domain_record& held, const lifetimes& times, wall_time now) noexcept;

}  // namespace cbv::cache

#endif
