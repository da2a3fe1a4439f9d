// What was said in a dialogue, and when.
#ifndef CBV_SMTP_TRANSCRIPT_HPP
#define CBV_SMTP_TRANSCRIPT_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/base/clock.hpp"

namespace cbv::smtp {

enum class speaker { client, server, note };

/// One line without its end, as it was said: not yet fit to be shown. `at` is when its first octets
/// were sent or came.
struct spoken_line {
  time_point at;
  speaker who = speaker::note;
  std::string text;
  bool cut = false;  // the rest of it is left out
};

struct transcript_limits {
  std::size_t lines_max = 300;
  std::size_t line_octets_max = 1024;  // of a line as it was said, its CR counted
};

/// Collects both sides of a dialogue in any pieces. What goes past the limits is left out, and said
/// to be. It holds the mailbox that was asked about: show it to who asked, log it at debug only.
class transcript {
 public:
  explicit transcript(transcript_limits limits = {}) : limits_(limits) {}

  void sent(time_point at, std::string_view bytes) { said(at, speaker::client, bytes); }
  void received(time_point at, std::string_view bytes) { said(at, speaker::server, bytes); }

  /// Something that happened: "connected to 192.0.2.1:25".
  void note(time_point at, std::string_view text);

  /// In the order in which they were begun.
  const std::vector<spoken_line>& lines() const noexcept { return lines_; }

  /// True if more was said than there was room for.
  bool is_full() const noexcept { return full_; }

 private:
  void said(time_point at, speaker who, std::string_view bytes);
  void begin(time_point at, speaker who);

  transcript_limits limits_;
  std::vector<spoken_line> lines_;
  bool in_line_ = false;  // the last line has not ended
  bool full_ = false;
};

/// Fit to be shown, a line each: seconds since the first one, "C: ", "S: " or "-- ", the text.
std::string to_string(const transcript& heard);

}  // namespace cbv::smtp

#endif
