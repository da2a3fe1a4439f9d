#include "cbv/smtp/reply.hpp"

#include <algorithm>
#include <utility>

#include "cbv/base/ascii.hpp"

namespace cbv::smtp {
namespace {

constexpr std::size_t code_octets = 3;
constexpr std::size_t status_digits_max = 3;  // RFC 3463 section 2

// Takes a number of one to three digits off the front of `text`; -1 if there is none.
int take_number(std::string_view& text) noexcept {
  std::size_t digits = 0;
  int value = 0;
  while (digits < text.size() && digits < status_digits_max && ascii::is_digit(text[digits])) {
    value = value * 10 + (text[digits] - '0');
    ++digits;
  }
  if (digits == 0 || (digits > 1 && text[0] == '0')) return -1;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char c) noexcept {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

// Finds the enhanced code of a whole reply, and takes it off the lines where all of them have it.
void find_enhanced(reply& said) {
  const auto first = leading_enhanced_status(said.lines.front());
  if (!first || first->class_digit != said.code / 100) return;
  bool everywhere = true;
  for (const std::string& line : said.lines) {
    const auto here = leading_enhanced_status(line);
    if (here && *here != *first) return;
    everywhere = everywhere && here;
  }
  said.enhanced = first;
  if (!everywhere) return;
  const std::size_t octets = to_string(*first).size();
  for (std::string& line : said.lines) line.erase(0, std::min(octets + 1, line.size()));
}

}  // namespace

std::string to_string(const enhanced_status& code) {
  return std::to_string(code.class_digit) + '.' + std::to_string(code.subject) + '.' +
         std::to_string(code.detail);
}

std::optional<enhanced_status> leading_enhanced_status(std::string_view text) noexcept {
  enhanced_status code;
  code.class_digit = take_number(text);
  if (code.class_digit != 2 && code.class_digit != 4 && code.class_digit != 5) return std::nullopt;
  if (!take(text, '.')) return std::nullopt;
  code.subject = take_number(text);
  if (code.subject < 0 || !take(text, '.')) return std::nullopt;
  code.detail = take_number(text);
  if (code.detail < 0) return std::nullopt;
  if (!text.empty() && text[0] != ' ' && text[0] != '\t') return std::nullopt;
  return code;
}

std::string joined_text(const reply& said) {
  std::string text;
  for (const std::string& line : said.lines) {
    if (&line != &said.lines.front()) text += ' ';
    text += line;
  }
  return text;
}

void reply_parser::feed(std::string_view bytes) {
  if (failed_) return;
  if (taken_ > buffer_.size() / 2) {  // what is moved is less than what was taken: linear
    buffer_.erase(0, taken_);
    searched_ -= taken_;
    taken_ = 0;
  }
  buffer_ += bytes;
}

result<std::optional<reply>> reply_parser::next() {
  if (failed_) return failed_;
  while (true) {
    const std::string_view held = std::string_view(buffer_).substr(taken_);
    // The code is looked at before the line is whole, so that noise without a line end, such as a
    // TLS alert, is known for what it is at once.
    if (begins_badly(held)) return fail(errc::reply_malformed);
    const std::size_t end = std::string_view(buffer_).find('\n', searched_);
    if (end == std::string_view::npos) {
      searched_ = buffer_.size();
      // One octet more may be the CR of the line's end.
      if (held.size() > limits_.line_octets_max + 1) return fail(errc::line_too_long);
      return std::optional<reply>();
    }
    std::string_view line = held.substr(0, end - taken_);
    taken_ = searched_ = end + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (const error_code wrong = take_line(line)) return fail(wrong);
    if (complete_) {
      complete_ = in_reply_ = false;
      partial_octets_ = 0;
      find_enhanced(partial_);
      return std::optional<reply>(std::exchange(partial_, {}));
    }
  }
}

// True if octets at the start of a line, of which some may still be missing, cannot begin a line of
// the reply that is being read.
bool reply_parser::begins_badly(std::string_view line) const noexcept {
  int code = 0;
  for (std::size_t i = 0; i < code_octets; ++i) {
    if (i == line.size()) return false;
    if (!ascii::is_digit(line[i])) return true;
    if (i == 0 && (line[i] < '2' || line[i] > '5')) return true;
    code = code * 10 + (line[i] - '0');
  }
  if (in_reply_ && code != partial_.code) return true;
  if (line.size() == code_octets) return false;
  constexpr std::string_view separators = " -\r\n";
  return separators.find(line[code_octets]) == std::string_view::npos;
}

// `line` begins as a line of this reply does: that has been looked at.
error_code reply_parser::take_line(std::string_view line) {
  if (line.size() > limits_.line_octets_max) return errc::line_too_long;
  const bool is_last = line.size() == code_octets || line[code_octets] == ' ';
  if (!is_last && line[code_octets] != '-') return errc::reply_malformed;  // a CR in the middle
  partial_octets_ += line.size();
  if (partial_.lines.size() >= limits_.lines_max || partial_octets_ > limits_.reply_octets_max) {
    return errc::over_limit;
  }
  in_reply_ = true;
  complete_ = is_last;
  partial_.code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  partial_.lines.emplace_back(line.substr(std::min(line.size(), code_octets + 1)));
  return {};
}

result<std::optional<reply>> reply_parser::fail(error_code why) {
  failed_ = why;
  buffer_ = {};
  partial_ = {};
  taken_ = searched_ = 0;
  in_reply_ = false;
  return why;
}

result<reply> parse_reply(std::string_view text) {
  reply_limits limits;
  reply_parser parser(limits);
  parser.feed(text);
  if (!text.ends_with('\n')) parser.feed("\n");
  auto said = parser.next();
  if (!said) return said.error();
  if (!*said || parser.has_pending()) return errc::reply_malformed;
  return std::move(**said);
}

}  // namespace cbv::smtp
