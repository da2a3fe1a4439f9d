#include "cbv/checks/access_pattern.hpp"

#include <array>
#include <utility>

#include "cbv/address/domain.hpp"
#include "cbv/address/local_part.hpp"
#include "cbv/base/ascii.hpp"

namespace cbv::checks {
namespace {

constexpr std::array<std::string_view, 3> reach_marks{"", ".", "*."};

constexpr std::size_t name_octets_max = 255;

syntax_error expected(std::string_view what, const access_word& got, const syntax_error& why) {
  syntax_error all = expected(what, got);
  all.what += ": " + why.what;
  all.octet = got.column + why.octet - 1;
  return all;
}

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

std::optional<syntax_error> read_path(const access_word& pattern, access_rule& into) {
  if (pattern.text == "<>") {
    into.form = access_form::null_path;
    if (into.subject == access_subject::recipient)
      return expected("a mailbox or a domain", pattern);
    // RFC 2505 section 2.6.1, RFC 5321 section 4.5.5: bounces and callouts come from it.
    if (into.action == access_action::refuse || into.action == access_action::defer)
      return expected("allow or skip for <>, which must not be refused (RFC 2505 section 2.6.1)",
                      access_word{to_string(into.action), pattern.column});
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

}  // namespace

syntax_error expected(std::string_view what, const access_word& got) {
  std::string text = "expected " + std::string(what) + ", got ";
  text += got.text.empty() ? "nothing" : '"' + ascii::printable(got.text) + '"';
  return syntax_error{std::move(text), got.column};
}

std::optional<syntax_error> read_access_pattern(const access_word& pattern, access_rule& into) {
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

}  // namespace cbv::checks
