// Writes JSON (RFC 8259) onto the end of a string: always well-formed UTF-8, never a line break.
#ifndef CBV_API_JSON_WRITER_HPP
#define CBV_API_JSON_WRITER_HPP

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>

namespace cbv::api {

/// A string of JSON is at most so many times as long as its text, but for the quotes.
inline constexpr std::size_t json_escape_octets_max = 6;

/// Printable ASCII without quotes and backslashes: a string of JSON as it is.
bool is_plain_json_text(std::string_view text) noexcept;

/// A string of JSON, with its quotes. Octets that are not well-formed UTF-8 become U+FFFD, one
/// each.
std::string json_quoted(std::string_view text);

/// Puts commas where they belong; what opens and closes is up to the caller. The string outlives
/// the writer.
class json_writer {
 public:
  explicit json_writer(std::string& out) : out_(out) {}

  void begin_object() { open('{'); }
  void end_object() { close('}'); }
  void begin_array() { open('['); }
  void end_array() { close(']'); }

  /// The name of the member whose value is written next.
  void key(std::string_view name);

  /// A string, as json_quoted() has it.
  void text(std::string_view value);

  /// A string, or null if it is empty.
  void text_or_null(std::string_view value) { value.empty() ? null() : text(value); }

  void number(std::integral auto value) {
    std::array<char, 24> digits;  // NOLINT(*-member-init): written before it is read
    const auto written = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    raw({digits.data(), written.ptr});
  }
  /// With at most so many digits behind the point, and no zeros at its end.
  void decimal(double value, int digits);
  void boolean(bool value) { raw(value ? "true" : "false"); }
  void null() { raw("null"); }

  /// A value that is JSON already.
  void raw(std::string_view json);

 private:
  void separate();
  void open(char bracket);
  void close(char bracket);
  void append_quoted(std::string_view value);

  std::string& out_;
  bool comma_due_ = false;
};

}  // namespace cbv::api

#endif
