#include "cbv/checks/access_rule.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "cbv/address/domain.hpp"
#include "cbv/address/local_part.hpp"
#include "cbv/address/mailbox.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/base/utf8.hpp"
#include "cbv/verdict/advice.hpp"

namespace cbv::checks {
namespace {

constexpr std::array<std::string_view, 4> action_names{"allow", "skip", "defer", "refuse"};
constexpr std::array<std::string_view, access_subjects> subject_names{
    "client", "client_name", "reverse_client_name", "helo", "sender", "recipient"};
constexpr std::array<std::string_view, 3> reach_marks{"", ".", "*."};

constexpr std::size_t name_octets_max = 255;
constexpr std::string_view blanks = " \t";

/// A word of the line and the column where it begins.
struct word {
  std::string_view text;
  std::size_t column = 1;
};

/// Takes the line apart from the left.
class line_scanner {
 public:
  explicit line_scanner(std::string_view line) : line_(line) { skip_blanks(); }

  bool at_end() const { return at_ == line_.size(); }
  std::size_t column() const { return at_ + 1; }
  std::string_view rest() const { return line_.substr(at_); }

  /// Up to the next blank that is not in a quoted-string.
  word next() {
    const std::size_t begin = at_;
    bool quoted = false;
    for (; at_ < line_.size(); ++at_) {
      const char c = line_[at_];
      if (c == '"') quoted = !quoted;
      if (quoted && c == '\\' && at_ + 1 < line_.size()) ++at_;
      if (!quoted && blanks.find(c) != std::string_view::npos) break;
    }
    const word found{line_.substr(begin, at_ - begin), begin + 1};
    skip_blanks();
    return found;
  }

 private:
  void skip_blanks() { at_ = std::min(line_.find_first_not_of(blanks, at_), line_.size()); }

  std::string_view line_;
  std::size_t at_ = 0;
};

syntax_error expected(std::string_view what, const word& got) {
  std::string text = "expected " + std::string(what) + ", got ";
  text += got.text.empty() ? "nothing" : '"' + ascii::printable(got.text) + '"';
  return syntax_error{std::move(text), got.column};
}

syntax_error expected(std::string_view what, const word& got, const syntax_error& why) {
  syntax_error all = expected(what, got);
  all.what += ": " + why.what;
  all.octet = got.column + why.octet - 1;
  return all;
}

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

// ---- names

/// Letters, digits, hyphens, underscores and dots, and no empty label: what any client may call
/// itself, and every name that is A-labels already.
bool is_plain_name(std::string_view text) {
  if (text.empty() || text.size() > name_octets_max || text.front() == '.' || text.back() == '.')
    return false;
  char before = ' ';
  for (const char c : text) {
    if (!ascii::is_alnum(c) && c != '-' && c != '_' && c != '.') return false;
    if (c == '.' && before == '.') return false;
    before = c;
  }
  return true;
}

/// Sets name and reach. `loosely`: as clients call themselves, not only as domains are.
std::optional<syntax_error> read_name(std::string_view text, bool loosely, access_rule& into) {
  const std::string_view given = text;
  if (text.starts_with("*.")) into.reach = name_reach::below;
  if (text.starts_with('.')) into.reach = name_reach::both;
  text.remove_prefix(reach_marks[static_cast<std::size_t>(into.reach)].size());
  const std::size_t marked = given.size() - text.size();
  if (loosely && is_plain_name(text)) {
    into.name = ascii::to_lower(text);
    return std::nullopt;
  }
  const auto name = domain::parse(text, marked + 1);
  if (!name) return name.error();
  if (name->literal() && marked > 0)
    return syntax_error{"there is nothing below an address literal", marked + 1};
  into.name = ascii::to_lower(name->text());  // of "[IPv6:", too
  return std::nullopt;
}

// ---- mailboxes

bool has_wildcards(std::string_view pattern) {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\') {
      ++i;
    } else if (pattern[i] == '*' || pattern[i] == '?') {
      return true;
    }
  }
  return false;
}

/// What a local-part would be if it were no pattern: without backslashes.
std::string plain(std::string_view pattern) {
  std::string text;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '\\' && i + 1 < pattern.size()) ++i;
    text += pattern[i];
  }
  return text;
}

std::string escaped(std::string_view local_part) {
  std::string text;
  for (const char c : local_part) {
    if (c == '*' || c == '?' || c == '\\') text += '\\';
    text += c;
  }
  return text;
}

std::string folded(std::string_view local_part) {
  return ascii::to_lower(simplest_local_part(local_part));
}

/// A local-part without quotes, as a pattern. Its wildcards stand for characters that may stand in
/// a quoted-string, too; all else is as in a Dot-string.
std::optional<syntax_error> pattern_fault(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\') {
      if (i + 1 == text.size() ||
          std::string_view("*?\\").find(text[i + 1]) == std::string_view::npos)
        return syntax_error{R"(a backslash stands before "*", "?" or another backslash)", i + 1};
      ++i;
    } else if (!ascii::is_alnum(c) && static_cast<unsigned char>(c) < 0x80 &&
               std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) == std::string_view::npos) {
      return syntax_error{"that cannot stand in a local-part without quotes", i + 1};
    }
  }
  if (text.size() > 2 * local_part_octets_max)
    return syntax_error{"the local-part is too long", 2 * local_part_octets_max + 1};
  return std::nullopt;
}

/// LOCAL_PART@, or LOCAL_PART@NAME. `at` is where the "@" is.
std::optional<syntax_error> read_mailbox(std::string_view text, std::size_t at, access_rule& into) {
  const std::string_view local_part = text.substr(0, at);
  const std::string_view name = text.substr(at + 1);
  if (local_part.empty()) return syntax_error{"there is no local-part before the \"@\"", 1};
  if (!name.empty()) {
    if (auto fault = read_name(name, false, into)) {
      fault->octet += at + 1;
      return fault;
    }
  }
  const bool quoted = local_part.starts_with('"');
  if (quoted) {
    into.local_part = folded(local_part);
  } else {
    if (auto fault = pattern_fault(local_part)) return fault;
    into.local_part = ascii::to_lower(local_part);
  }
  if ((!quoted && has_wildcards(into.local_part)) || into.reach != name_reach::itself) {
    into.form = access_form::wildcard;
    if (quoted) into.local_part = escaped(into.local_part);
    return std::nullopt;
  }
  into.form = name.empty() ? access_form::local_part : access_form::mailbox;
  if (quoted) return std::nullopt;
  into.local_part = plain(into.local_part);
  const auto octets = scan_local_part(into.local_part + '@');
  if (!octets) return octets.error();
  return std::nullopt;
}

/// Where the "@" between local-part and name is; npos if there is none.
std::size_t find_at(std::string_view text) {
  if (!text.starts_with('"')) return text.find('@');
  const auto octets = scan_local_part(text);
  if (!octets || *octets == text.size() || text[*octets] != '@') return std::string_view::npos;
  return *octets;
}

// ---- a line

std::optional<syntax_error> read_path(const word& pattern, access_rule& into) {
  if (pattern.text == "<>") {
    into.form = access_form::null_path;
    if (into.subject == access_subject::recipient)
      return expected("a mailbox or a domain", pattern);
    // RFC 2505 section 2.6.1, RFC 5321 section 4.5.5: bounces and callouts come from it.
    if (into.action == access_action::refuse || into.action == access_action::defer)
      return expected("allow or skip for <>, which must not be refused (RFC 2505 section 2.6.1)",
                      word{to_string(into.action), pattern.column});
    return std::nullopt;
  }
  const std::size_t at = find_at(pattern.text);
  const auto fault = at == std::string_view::npos ? read_name(pattern.text, false, into)
                                                  : read_mailbox(pattern.text, at, into);
  if (!fault) return std::nullopt;
  return expected(
      "a mailbox, LOCAL_PART@, LOCAL_PART@DOMAIN, or a domain such as \"example.org\", "
      "\".example.org\" or \"*.example.org\"",
      pattern, *fault);
}

std::optional<syntax_error> read_pattern(const word& pattern, access_rule& into) {
  into.form = access_form::name;
  switch (into.subject) {
    case access_subject::client: {
      into.form = access_form::network;
      auto network = net::ip_network::parse(pattern.text);
      if (!network)
        return expected("an IP address or a network such as \"192.0.2.0/24\"", pattern,
                        network.error());
      into.network = *network;
      return std::nullopt;
    }
    case access_subject::sender:
    case access_subject::recipient:
      return read_path(pattern, into);
    case access_subject::client_name:
    case access_subject::reverse_client_name:
    case access_subject::helo:
      break;
  }
  const auto fault = read_name(pattern.text, true, into);
  if (!fault) return std::nullopt;
  return expected("a name such as \"example.org\", \".example.org\" or \"*.example.org\"", pattern,
                  *fault);
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
    const word got{line.rest(), line.column()};
    return expected("the end of the line or a comment: nothing is said to who is let through", got);
  }
  const std::size_t code_column = line.column();
  const line_scanner before_code = line;
  const word code = line.next();
  if (is_code(code.text)) {
    std::from_chars(code.text.data(), code.text.data() + code.text.size(), into.reply.code);
  } else {
    line = before_code;
  }
  const std::size_t enhanced_column = line.column();
  const line_scanner before_enhanced = line;
  const word enhanced = line.next();
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
  const word action = scanner.next();
  const auto what = named<access_action>(action_names, action.text);
  if (!what) return expected("allow, skip, defer or refuse", action);
  made.action = *what;
  const word subject = scanner.next();
  const auto about = named<access_subject>(subject_names, subject.text);
  if (!about) {
    return expected("client, client_name, reverse_client_name, helo, sender or recipient", subject);
  }
  made.subject = *about;
  const word pattern = scanner.next();
  if (const auto fault = read_pattern(pattern, made)) return *fault;
  if (const auto fault = read_reply(scanner, made)) return *fault;
  return std::optional<access_rule>(std::move(made));
}

std::string pattern_text(const access_rule& rule) {
  std::string name = std::string(reach_marks[static_cast<std::size_t>(rule.reach)]) + rule.name;
  switch (rule.form) {
    case access_form::network:
      return rule.network ? rule.network->text() : std::string();
    case access_form::null_path:
      return "<>";
    case access_form::name:
      return name;
    case access_form::mailbox:
    case access_form::local_part:
      // In quotes only what is so in its shortest spelling.
      return (rule.local_part.starts_with('"') ? rule.local_part : escaped(rule.local_part)) + '@' +
             rule.name;
    case access_form::wildcard:
      // No pattern begins with a quote but one that was a quoted-string.
      return (rule.local_part.starts_with('"') ? plain(rule.local_part) : rule.local_part) + '@' +
             name;
  }
  return name;
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
