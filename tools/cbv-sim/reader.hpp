// The words of a world's text: lines, fields, numbers, times. Used by the parsers of the sections.
#ifndef CBV_TOOLS_CBV_SIM_READER_HPP
#define CBV_TOOLS_CBV_SIM_READER_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace cbv::sim {

/// What is wrong with a line, for people ("expected ..."). Thrown inside the parser only;
/// parse_world turns it into a world_error.
class complaint : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// One word of a line, or one quoted text with its escapes resolved.
struct field {
  std::string text;
  bool quoted = false;
};

/// One line with something on it. `raw` is the line without its indentation, comment included.
struct text_line {
  std::size_t number = 0;
  bool indented = false;
  std::string_view raw;

  /// The fields. Words are separated by blanks; "quoted text" may hold blanks and escapes, as
  /// unescape takes them; # at the start of a word begins a comment. Throws complaint.
  std::vector<field> fields() const;
};

/// The lines that are neither empty nor comments, in order. They look into `text`.
std::vector<text_line> split_lines(std::string_view text);

/// Resolves the escapes \" \\ \n \r \t \xNN. Throws complaint.
std::string unescape(std::string_view text);

/// A decimal number of at most `most`; `what` names it in the complaint.
std::uint64_t read_number(std::string_view text, std::uint64_t most, std::string_view what);

/// A time: a number and ms, s, m, h or d ("300s", "2s", "1500ms"); at most 365 d.
std::chrono::milliseconds read_duration(std::string_view text);

/// A TTL: seconds, with or without a unit ("300", "5m").
std::uint32_t read_ttl(std::string_view text);

/// `on` or `off`.
bool read_switch(std::string_view text);

}  // namespace cbv::sim

#endif
