// The tables of an environment (FORMAT.md), and what they take.
#ifndef CBV_CACHE_FILE_TABLE_HPP
#define CBV_CACHE_FILE_TABLE_HPP

#include <array>
#include <cstddef>
#include <cstdint>

namespace cbv::cache {

/// What this code writes, and the newest that it opens.
inline constexpr std::uint32_t environment_format = 1;

/// The named databases.
enum class table : std::uint8_t { meta = 0, verdicts = 1, domains = 2, bookings = 3, hosts = 4 };
inline constexpr std::size_t tables = 5;

inline constexpr std::array<const char*, tables> table_names{"meta", "verdicts", "domains",
                                                             "bookings", "hosts"};

inline constexpr std::size_t index_of(table which) noexcept {
  return static_cast<std::size_t>(which);
}

/// What tables take. Pages that were given free are not in it, though the file keeps them.
struct table_usage {
  std::uint64_t records = 0;
  std::uint64_t octets = 0;  // whole pages
};
struct usage {
  std::array<table_usage, tables> by_table{};
  std::uint64_t octets = 0;  // of all pages in use, those of LMDB itself among them

  const table_usage& of(table which) const noexcept { return by_table[index_of(which)]; }
};

}  // namespace cbv::cache

#endif
