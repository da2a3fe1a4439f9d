// Looks through all of a cache that nobody uses.
#ifndef CBV_TESTS_WHOLE_CACHE_HPP
#define CBV_TESTS_WHOLE_CACHE_HPP

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "cache/file/environment.hpp"
#include "cache/records/booking_record.hpp"
#include "cache/records/domain_record.hpp"
#include "cache/records/host_record.hpp"
#include "cache/records/record.hpp"

namespace cbv {

/// What is wrong with the cache in the directory: it does not open, a page is damaged, or a record
/// is not to be believed. Empty: all is well.
inline std::string fault_in_cache(const std::string& directory) {
  using cache::table;
  cache::environment_options options;
  options.directory = directory;
  const auto opened = cache::environment::open(options);
  if (!opened) return opened.error().message;
  cache::environment& where = **opened;
  if (!where.check()) return "pages: " + where.fault();
  if (where.pages_lost() > 0) return std::to_string(where.pages_lost()) + " pages are lost";

  const auto reading = where.begin_read();
  if (!reading) return "begin_read: " + reading.error().message();
  using judge = bool (*)(std::string_view, std::string_view);
  constexpr std::array<judge, cache::tables_of_cache.size()> is_sound = {
      [](std::string_view key, std::string_view) { return key == "format"; },
      [](std::string_view k, std::string_view v) { return cache::decode_record(k, v).has_value(); },
      [](std::string_view k, std::string_view v) {
        return cache::decode_domain_record(k, v).has_value();
      },
      [](std::string_view k, std::string_view v) {
        return cache::decode_booking(k, v).has_value();
      },
      [](std::string_view k, std::string_view v) {
        return cache::decode_host_record(k, v).has_value();
      }};
  std::string fault;
  for (std::size_t of = 0; of < is_sound.size(); ++of) {
    const auto walked = reading->walk(static_cast<table>(of), [&](auto key, auto value) {
      if (!is_sound[of](key, value)) {
        fault += std::string("a record in ") + cache::table_names[of] + " is not sound; ";
      }
    });
    if (!walked) fault += std::string(cache::table_names[of]) + ": " + walked.error().message();
  }
  return fault;
}

}  // namespace cbv

#endif
