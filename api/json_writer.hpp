// Writes JSON (RFC 8259) onto the end of a string: always well-formed UTF-8, never a line break.
#ifndef CBV_API_JSON_WRITER_HPP
#define CBV_API_JSON_WRITER_HPP

#include <concepts>
#include <string>
#include <string_view>

namespace cbv::api {

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

  /// A string. Octets that are not well-formed UTF-8 become U+FFFD, one each.
  void text(std::string_view value);

  /// A string, or null if it is empty.
  void text_or_null(std::string_view value) { value.empty() ? null() : text(value); }

  void number(std::integral auto value) { raw(std::to_string(value)); }
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
