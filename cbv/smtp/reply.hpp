// Replies of an SMTP server (RFC 5321 section 4.2, RFC 2034, RFC 3463).
#ifndef CBV_SMTP_REPLY_HPP
#define CBV_SMTP_REPLY_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/base/result.hpp"

namespace cbv::smtp {

/// class.subject.detail (RFC 3463 section 2).
struct enhanced_status {
  int class_digit = 0;
  int subject = 0;
  int detail = 0;

  friend bool operator==(const enhanced_status&, const enhanced_status&) = default;
};

std::string to_string(const enhanced_status& code);

/// The enhanced status code that a text begins with: class 2, 4 or 5, no leading zeros, then a
/// space, a tab or nothing, so that "5.1.1.2" is none.
std::optional<enhanced_status> leading_enhanced_status(std::string_view text) noexcept;

/// One whole reply. `lines` are the texts behind the code, as they came (not yet fit to be shown),
/// NULs and all.
///
/// `enhanced` is the code that the first line begins with, if its class is the reply's and no line
/// begins with another one. Where every line begins with it (RFC 2034 section 4), `lines` are
/// without it; else it stays where it was.
struct reply {
  int code = 0;  // 200 to 599
  std::optional<enhanced_status> enhanced;
  std::vector<std::string> lines;

  bool is_positive() const noexcept { return code >= 200 && code < 400; }
  bool is_transient() const noexcept { return code >= 400 && code < 500; }
  bool is_permanent() const noexcept { return code >= 500; }

  friend bool operator==(const reply&, const reply&) = default;
};

/// The lines joined by a space, as they came.
std::string joined_text(const reply& said);

/// What a peer may send at most.
struct reply_limits {
  // A line without its end. RFC 5321 section 4.5.3.1.5 says 512; Exim met replies to EHLO past
  // 1024.
  std::size_t line_octets_max = 2048;
  std::size_t lines_max = 128;           // a reply
  std::size_t reply_octets_max = 32768;  // a reply, all lines
};

/// Takes bytes in any pieces, gives replies: the same ones, and in the end the same error, whatever
/// the pieces. A machine without I/O. Lines end in CRLF; a bare LF is accepted. After an error it
/// stays in that error: the connection has to be dropped, never resynchronised.
///
/// Work is linear in the bytes that are fed. What is held is bounded by the limits and by what was
/// fed since next() last gave nothing.
class reply_parser {
 public:
  explicit reply_parser(reply_limits limits = {}) : limits_(limits) {}

  /// Adds bytes that the peer has sent.
  void feed(std::string_view bytes);

  /// The next whole reply; nothing while it is incomplete; errc::reply_malformed, line_too_long or
  /// over_limit.
  result<std::optional<reply>> next();

  /// True if bytes are held that belong to no whole reply yet or to replies not yet taken.
  bool has_pending() const noexcept { return taken_ < buffer_.size() || in_reply_; }

 private:
  bool begins_badly(std::string_view line) const noexcept;
  error_code take_line(std::string_view line);
  result<std::optional<reply>> fail(error_code why);

  reply_limits limits_;
  std::string buffer_;
  std::size_t taken_ = 0;     // buffer_ before this has been taken
  std::size_t searched_ = 0;  // buffer_ between taken_ and this has no LF
  reply partial_;             // the lines so far, if in_reply_
  std::size_t partial_octets_ = 0;
  bool in_reply_ = false;
  bool complete_ = false;  // partial_ has its last line
  error_code failed_;
};

/// Reads one reply given as text, as in `cbv-probe --classify`: "550 5.1.1 No such user", or
/// several lines.
result<reply> parse_reply(std::string_view text);

}  // namespace cbv::smtp

#endif
