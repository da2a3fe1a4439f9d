// A record of the cache as one JSON object, and back, to the octet: the lines of an export
// (PROTOCOL.md). Pure.
#ifndef CBV_API_CACHE_LINE_HPP
#define CBV_API_CACHE_LINE_HPP

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "cache/file/table.hpp"

namespace cbv::api {

/// What stands in a table.
struct cache_record {
  cache::table of = cache::table::verdicts;
  std::string key;
  std::string octets;

  friend bool operator==(const cache_record&, const cache_record&) = default;
};

/// The object, without a line end. Of a damaged record it says so, and its key; see is_damaged().
std::string render_line(const cache_record& held);

/// The object, unless the record is damaged.
std::optional<std::string> line_of(const cache_record& held);

/// The record is not what its table holds: a wrong checksum, a word that is not known, and so on.
bool is_damaged(const cache_record& held);

/// What a record is about, for people: "bob@example.org, recipient"; a key that says nothing in
/// hex.
std::string name_of(const cache_record& held);

/// Reads what render_line() wrote, or someone else in its form; or what was expected instead. What
/// is read is never damaged. Whatever the octets, nothing is thrown but bad_alloc.
std::variant<cache_record, std::string> read_line(std::string_view line);

}  // namespace cbv::api

#endif
