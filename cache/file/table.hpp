// The tables of environments (FORMAT.md), and what they take.
#ifndef CBV_CACHE_FILE_TABLE_HPP
#define CBV_CACHE_FILE_TABLE_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace cbv::cache {

/// The named databases, of all kinds of environments.
enum class table : std::uint8_t {
  meta = 0,
  verdicts = 1,
  domains = 2,
  bookings = 3,
  hosts = 4,
  periods = 5,
  rankings = 6,
};
inline constexpr std::size_t tables = 7;

inline constexpr std::array<const char*, tables> table_names{
    "meta", "verdicts", "domains", "bookings", "hosts", "periods", "rankings"};

inline constexpr std::size_t index_of(table which) noexcept {
  return static_cast<std::size_t>(which);
}

/// What an environment is for.
struct layout {
  std::string_view what;         // in sentences, and in the names of events in the log
  std::uint32_t format = 0;      // what this code writes, and the newest that it opens
  std::span<const table> of{};   // its tables: the first two there have been always
  std::string_view meanwhile{};  // what happens while the disk takes nothing; words of a sentence
};

inline constexpr std::array tables_of_cache{table::meta, table::verdicts, table::domains,
                                            table::bookings, table::hosts};
inline constexpr layout cache_layout{
    "cache", 1, tables_of_cache, "what is learnt waits in memory, and is written when it can be"};

inline constexpr std::array tables_of_history{table::meta, table::periods, table::rankings};
inline constexpr layout history_layout{
    "history", 1, tables_of_history,
    "what is counted waits in memory, and is written when it can be"};

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
