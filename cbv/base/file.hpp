// Whole files as text.
#ifndef CBV_BASE_FILE_HPP
#define CBV_BASE_FILE_HPP

#include <string>

#include "cbv/base/result.hpp"

namespace cbv {

/// All octets of a file, or the system's error (a directory is EISDIR). Blocks: for start-up and
/// command lines, not for io threads.
result<std::string> read_file(const std::string& path);

/// All octets of a descriptor until its end, which stays open. Likewise.
result<std::string> read_all(int descriptor);

}  // namespace cbv

#endif
