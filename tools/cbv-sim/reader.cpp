#include "tools/cbv-sim/reader.hpp"

#include <charconv>
#include <limits>
#include <optional>
#include <system_error>

#include "cbv/base/ascii.hpp"

namespace cbv::sim {
namespace {

constexpr std::string_view blanks = " \t";

std::string quoted(std::string_view text) {
  return "'" + ascii::printable(text) + "'";
}

std::optional<unsigned> hex_digit(char c) {
  const char lower = ascii::to_lower(c);
  if (ascii::is_digit(lower)) return static_cast<unsigned>(lower - '0');
  if (lower >= 'a' && lower <= 'f') return static_cast<unsigned>(lower - 'a' + 10);
  return std::nullopt;
}

// The octets that an escape takes up behind its backslash; what it stands for goes to `out`.
std::size_t resolve_escape(std::string_view behind, std::string& out) {
  const char kind = behind.empty() ? '\0' : behind[0];
  switch (kind) {
    case '"':
    case '\\':
      out += kind;
      return 1;
    case 'n':
      out += '\n';
      return 1;
    case 'r':
      out += '\r';
      return 1;
    case 't':
      out += '\t';
      return 1;
    case 'x':
      if (behind.size() >= 3) {
        const auto high = hex_digit(behind[1]);
        const auto low = hex_digit(behind[2]);
        if (high && low) {
          out += static_cast<char>(*high * 16 + *low);
          return 3;
        }
      }
      throw complaint("expected two hexadecimal digits after \\x");
    default:
      throw complaint("expected one of \\\" \\\\ \\n \\r \\t \\xNN");
  }
}

// Reads a quoted text whose opening quote has been taken; returns the octets used, with the closing
// quote.
std::size_t read_quoted(std::string_view rest, std::string& out) {
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '"') return i + 1;
    if (rest[i] == '\\') {
      i += resolve_escape(rest.substr(i + 1), out);
    } else {
      out += rest[i];
    }
  }
  throw complaint("expected a closing quote");
}

}  // namespace

std::vector<field> text_line::fields() const {
  std::vector<field> found;
  std::string_view rest = raw;
  while (true) {
    const std::size_t start = rest.find_first_not_of(blanks);
    if (start == std::string_view::npos || rest[start] == '#') return found;
    rest.remove_prefix(start);
    field& next = found.emplace_back();
    if (rest[0] == '"') {
      next.quoted = true;
      rest.remove_prefix(1);
      rest.remove_prefix(read_quoted(rest, next.text));
      if (!rest.empty() && blanks.find(rest[0]) == std::string_view::npos) {
        throw complaint("expected a blank after the closing quote");
      }
    } else {
      const std::size_t length = std::min(rest.find_first_of(blanks), rest.size());
      next.text = rest.substr(0, length);
      rest.remove_prefix(length);
    }
  }
}

std::vector<text_line> split_lines(std::string_view text) {
  std::vector<text_line> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    const std::size_t start = line.find_first_not_of(blanks);
    if (start == std::string_view::npos || line[start] == '#') continue;
    lines.push_back({number, start > 0, line.substr(start)});
  }
  return lines;
}

std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\') {
      i += resolve_escape(text.substr(i + 1), out);
    } else {
      out += text[i];
    }
  }
  return out;
}

std::uint64_t read_number(std::string_view text, std::uint64_t most, std::string_view what) {
  std::uint64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (problem != std::errc() || stop != end || value > most) {
    throw complaint("expected " + std::string(what) + " from 0 to " + std::to_string(most) +
                    ", not " + quoted(text));
  }
  return value;
}

std::chrono::milliseconds read_duration(std::string_view text) {
  struct unit {
    std::string_view name;
    std::int64_t milliseconds;
  };
  constexpr unit units[] = {
      {"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
  constexpr std::int64_t longest = 365 * units[4].milliseconds;

  const std::size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  std::int64_t value = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + digits, value);
  for (const unit& each : units) {
    if (problem == std::errc() && text.substr(digits) == each.name &&
        value <= longest / each.milliseconds) {
      return std::chrono::milliseconds(value * each.milliseconds);
    }
  }
  throw complaint("expected a time such as 300s, 1500ms, 5m (at most 365d), not " + quoted(text));
}

std::uint32_t read_ttl(std::string_view text) {
  if (text.find_first_not_of("0123456789") == std::string_view::npos) {
    return static_cast<std::uint32_t>(
        read_number(text, std::numeric_limits<std::int32_t>::max(), "a TTL"));
  }
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(read_duration(text));
  return static_cast<std::uint32_t>(seconds.count());
}

bool read_switch(std::string_view text) {
  if (text == "on") return true;
  if (text == "off") return false;
  throw complaint("expected on or off, not " + quoted(text));
}

}  // namespace cbv::sim
