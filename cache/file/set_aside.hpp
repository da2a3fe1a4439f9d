// A damaged file gets another name, and never loses it again.
#ifndef CBV_CACHE_FILE_SET_ASIDE_HPP
#define CBV_CACHE_FILE_SET_ASIDE_HPP

#include <chrono>
#include <cstddef>
#include <filesystem>

#include "cbv/base/result.hpp"

namespace cbv::cache {

/// So many may lie there; then someone has to look, for the disk fills.
inline constexpr std::size_t set_aside_max = 100;

/// Renames FILE to FILE.damaged-20261121T093000Z (UTC), or to the same with -2, -3, ... if that is
/// taken: nothing is ever overwritten. Synced. Returns the new path. too_many_files: as it says.
result<std::filesystem::path> set_aside(const std::filesystem::path& file,
                                        std::chrono::system_clock::time_point now);

}  // namespace cbv::cache

#endif
