// The place on disk that a test has for itself.
#ifndef CBV_TESTS_E2E_FILES_HPP
#define CBV_TESTS_E2E_FILES_HPP

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "tests/temporary_folder.hpp"

namespace cbv::e2e {

/// A directory under the system's temporary one that others may enter (Postfix gives up root),
/// removed with all its contents at the end.
class temporary_directory : public temporary_folder {
 public:
  temporary_directory();
};

/// The text with each {name} that is in `values` replaced.
std::string filled_in(std::string_view text, const std::map<std::string, std::string>& values);

/// `text` with this in place of that, everywhere. Throws if it is nowhere.
std::string replaced(std::string text, const std::string& that, const std::string& with);

void write_file(const std::filesystem::path& path, std::string_view text);

/// What the file holds; nothing if there is none yet.
std::string read_file(const std::filesystem::path& path);

/// How many lines of the text contain `part`.
std::size_t lines_with(std::string_view text, std::string_view part);

}  // namespace cbv::e2e

#endif
