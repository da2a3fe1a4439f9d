// Lines of key=value, as in the log. Pure.
#ifndef CBV_API_LOGFMT_HPP
#define CBV_API_LOGFMT_HPP

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cbv::api {

/// Adds " key=value", or without the blank at the start of a line. A value with a space, a quote, a
/// control character or nothing in it is quoted, and escaped so that the line stays one.
void append_field(std::string& line, std::string_view key, std::string_view value);

/// The fields of a line, in their order, as they were before they were escaped. Nothing, if it is
/// no such line. Words without "=" are fields without a value.
std::optional<std::vector<std::pair<std::string, std::string>>> read_fields(std::string_view line);

}  // namespace cbv::api

#endif
