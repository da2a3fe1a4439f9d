#include "cbv/checks/access_rule.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "cbv/base/ascii.hpp"
#include "cbv/base/utf8.hpp"
#include "cbv/checks/access_pattern.hpp"
#include "cbv/verdict/advice.hpp"

namespace cbv::checks {
namespace {

constexpr std::array<std::string_view, 4> action_names{"allow", "skip", "defer", "refuse"};
constexpr std::array<std::string_view, access_subjects> subject_names{
    "client", "client_name", "reverse_client_name", "helo", "sender", "recipient"};

constexpr std::string_view blanks = " \t";

/// Takes the line apart from the left.
class line_scanner {
 public:
  explicit line_scanner(std::string_view line) : line_(line) { skip_blanks(); }

  bool at_end() const { return at_ == line_.size(); }
  std::size_t column() const { return at_ + 1; }
  std::string_view rest() const { return line_.substr(at_); }

  /// Up to the next blank that is not in a quoted-string.
  access_word next() {
    const std::size_t begin = at_;
    bool quoted = false;
    for (; at_ < line_.size(); ++at_) {
      const char c = line_[at_];
      if (c == '"') quoted = !quoted;
      if (quoted && c == '\\' && at_ + 1 < line_.size()) ++at_;
      if (!quoted && blanks.find(c) != std::string_view::npos) break;
    }
    const access_word found{line_.substr(begin, at_ - begin), begin + 1};
    skip_blanks();
    return found;
  }

 private:
  void skip_blanks() { at_ = std::min(line_.find_first_not_of(blanks, at_), line_.size()); }

  std::string_view line_;
  std::size_t at_ = 0;
};

/// "#" after a blank and before one, or before the end: "ticket #12" is none.
std::size_t find_comment(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '#') continue;
    const bool after_blank = i == 0 || blanks.find(text[i - 1]) != std::string_view::npos;
    const bool before_blank =
        i == 0 || i + 1 == text.size() || blanks.find(text[i + 1]) != std::string_view::npos;
    if (after_blank && before_blank) return i;
  }
  return text.size();
}

bool is_comment(std::string_view text) {
  return text.starts_with('#');
}

bool is_code(std::string_view text) {
  return text.size() == 3 && std::all_of(text.begin(), text.end(), ascii::is_digit);
}

bool looks_like_enhanced(std::string_view text) {
  return !text.empty() && ascii::is_digit(text.front()) &&
         std::count(text.begin(), text.end(), '.') == 2 &&
         text.find_first_not_of("0123456789.") == std::string_view::npos;
}

/// What may be said is what may be said in place of any other reply (cbv/verdict/advice.hpp).
std::optional<syntax_error> reply_fault(const access_rule& rule, std::size_t code_column,
                                        std::size_t enhanced_column, std::size_t text_column) {
  advice_rule said;
  said.action = rule.action == access_action::refuse ? action::reject : action::defer;
  said.code = rule.reply.code;
  said.enhanced = rule.reply.enhanced;
  said.text = rule.reply.text;
  const auto wrong = contradiction(said);
  if (!wrong) return std::nullopt;
  const std::size_t colon = wrong->find(": ");
  std::size_t column = text_column;
  if (wrong->starts_with("code")) column = code_column;
  if (wrong->starts_with("enhanced")) column = enhanced_column;
  return syntax_error{colon == std::string::npos ? *wrong : wrong->substr(colon + 2), column};
}

std::optional<syntax_error> read_reply(line_scanner& line, access_rule& into) {
  if (line.at_end() || is_comment(line.rest())) return std::nullopt;
  if (into.action == access_action::allow || into.action == access_action::skip) {
    const access_word got{line.rest(), line.column()};
    return expected("the end of the line or a comment: nothing is said to who is let through", got);
  }
  const std::size_t code_column = line.column();
  const line_scanner before_code = line;
  const access_word code = line.next();
  if (is_code(code.text)) {
    std::from_chars(code.text.data(), code.text.data() + code.text.size(), into.reply.code);
  } else {
    line = before_code;
  }
  const std::size_t enhanced_column = line.column();
  const line_scanner before_enhanced = line;
  const access_word enhanced = line.next();
  if (looks_like_enhanced(enhanced.text)) {
    into.reply.enhanced = enhanced.text;
  } else {
    line = before_enhanced;
  }
  const std::size_t text_column = line.column();
  into.reply.text = ascii::trim(line.rest().substr(0, find_comment(line.rest())));
  return reply_fault(into, code_column, enhanced_column, text_column);
}

template <class Word, std::size_t Count>
std::optional<Word> named(const std::array<std::string_view, Count>& names, std::string_view text) {
  const auto* const found = std::find(names.begin(), names.end(), text);
  if (found == names.end()) return std::nullopt;
  return static_cast<Word>(found - names.begin());
}

std::optional<syntax_error> octets_fault(std::string_view line) {
  if (line.size() > access_line_octets_max) {
    return syntax_error{
        "expected at most " + std::to_string(access_line_octets_max) + " octets in a line",
        access_line_octets_max + 1};
  }
  for (std::size_t i = 0; i < line.size(); ++i) {
    const auto octet = static_cast<unsigned char>(line[i]);
    if ((octet < 0x20 && octet != '\t') || octet == 0x7f)
      return syntax_error{"expected no control characters", i + 1};
  }
  if (!utf8::is_valid(line)) return syntax_error{"expected UTF-8", 1};
  return std::nullopt;
}

}  // namespace

std::string_view to_string(access_action word) noexcept {
  return action_names.at(static_cast<std::size_t>(word));
}

std::string_view to_string(access_subject word) noexcept {
  return subject_names.at(static_cast<std::size_t>(word));
}

parsed<std::optional<access_rule>> parse_access_rule(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (const auto fault = octets_fault(line)) return *fault;
  line_scanner scanner(line);
  if (scanner.at_end() || is_comment(scanner.rest())) return std::optional<access_rule>();
  access_rule made;
  const access_word action = scanner.next();
  const auto what = named<access_action>(action_names, action.text);
  if (!what) return expected("allow, skip, defer or refuse", action);
  made.action = *what;
  const access_word subject = scanner.next();
  const auto about = named<access_subject>(subject_names, subject.text);
  if (!about) {
    return expected("client, client_name, reverse_client_name, helo, sender or recipient", subject);
  }
  made.subject = *about;
  const access_word pattern = scanner.next();
  if (const auto fault = read_access_pattern(pattern, made)) return *fault;
  if (const auto fault = read_reply(scanner, made)) return *fault;
  return std::optional<access_rule>(std::move(made));
}

std::string to_string(const access_rule& rule) {
  std::string line(to_string(rule.action));
  line.append(" ").append(to_string(rule.subject)).append(" ").append(pattern_text(rule));
  if (rule.reply.code != 0) line += ' ' + std::to_string(rule.reply.code);
  if (!rule.reply.enhanced.empty()) line += ' ' + rule.reply.enhanced;
  if (!rule.reply.text.empty()) line += ' ' + rule.reply.text;
  return line;
}

}  // namespace cbv::checks
