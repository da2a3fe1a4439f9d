// The settings file: TOML text to settings, with every complaint at its line and column.
#ifndef CBV_TOOLS_CBVD_SETTINGS_FILE_HPP
#define CBV_TOOLS_CBVD_SETTINGS_FILE_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "tools/cbvd/setting.hpp"

namespace cbv::cbvd {

/// One thing wrong with a settings file.
struct complaint {
  std::size_t line = 0;    // from 1; 0 where there is none (a file that cannot be read)
  std::size_t column = 0;  // likewise
  std::string what;        // "callout.port: expected a whole number from 1 to 65535, got a string"
};

/// "FILE:LINE:COLUMN: WHAT", without what is not there.
std::string to_string(const complaint& wrong, std::string_view file);

/// Reads TOML text into `known`. All of the file is read, so that all that is wrong is said at
/// once; in the order of the file. Unknown keys are complaints. Targets of good values are set even
/// if others are bad. Tables of `lists` are taken in the order of the file, those with nothing
/// wrong.
std::vector<complaint> read_settings(std::string_view toml, const std::vector<setting>& known,
                                     const std::vector<table_list>& lists = {});

/// Whether the list of tables `key` ("route", "advice.rule") says the same in two good TOML texts.
bool is_same_list(std::string_view first, std::string_view second, std::string_view key);

}  // namespace cbv::cbvd

#endif
