// What lies where the data file should be, found out before LMDB opens it, and without a change.
#ifndef CBV_CACHE_FILE_INSPECTION_HPP
#define CBV_CACHE_FILE_INSPECTION_HPP

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "cache/file/table.hpp"
#include "cache/pages/page_check.hpp"
#include "cache/pages/page_reader.hpp"

namespace cbv::cache {

enum class data_state {
  missing,     // or empty: to be made
  unreadable,  // `code` says why, an errno; 0: it is no plain file
  not_ours,    // no LMDB data file, or one with other tables
  damaged,
  newer_format,
  ours,
};

struct inspection {
  data_state state = data_state::missing;
  std::string detail;  // words of a sentence
  int code = 0;
  std::uint32_t format = 0;

  // Of what is ours. The trees of the tables have not been looked at yet; the main tree has.
  page_reader file;
  meta_page meta;  // the newer of the two
  std::array<std::optional<tree_root>, tables> roots;
};

/// Reads a few pages. A file is ours if its main tree names at least two of the wanted tables, so
/// that one damaged name does not make it a stranger's; and damaged if it is LMDB's but cannot be
/// followed.
inspection inspect(const std::string& path, const layout& wanted = cache_layout);

}  // namespace cbv::cache

#endif
