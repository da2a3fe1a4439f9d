#include "tools/cbvd/settings_route.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cbv/base/ascii.hpp"
#include "cbv/base/file.hpp"
#include "tools/cbvd/settings_callout.hpp"
#include "tools/cbvd/text_forms.hpp"

namespace cbv::cbvd {
namespace {

using callout::route;
using callout::route_target;

constexpr std::size_t routes_max = 10'000;
constexpr std::size_t credential_octets_max = 255;  // RFC 4616 section 2
constexpr std::size_t delimiters_max = 8;

/// One [[route]]: a route for each of its domains.
struct route_draft {
  std::string domain;
  std::vector<std::string> domains;
  std::string user;
  std::string password;
  std::string password_file;
  route one;
};

text_form<std::string> domain_pattern() {
  return {[](std::string_view text) { return callout::routes::parse_domain(text); },
          [](const std::string& text) { return text; }};
}

text_form<route_target> server_text() {
  return {[](std::string_view text) { return callout::routes::parse_target(text); },
          [](const route_target& server) { return to_string(server); }};
}

/// What is wrong with a user or a password; nothing if it can be said in AUTH PLAIN.
std::optional<syntax_error> credential_fault(std::string_view text) {
  if (text.empty()) return syntax_error{"nothing is there", 1};
  if (text.size() > credential_octets_max) {
    return syntax_error{"more than " + std::to_string(credential_octets_max) + " octets",
                        credential_octets_max + 1};
  }
  const std::size_t nul = text.find('\0');
  if (nul != std::string_view::npos) return syntax_error{"a NUL is in it", nul + 1};
  return std::nullopt;
}

text_form<std::string> user_text() {
  return {[](std::string_view text) -> parsed<std::string> {
            if (const auto fault = credential_fault(text)) return *fault;
            return std::string(text);
          },
          [](const std::string& text) { return text; }};
}

setting password_setting(std::string key, std::string& target) {
  const auto read = [&target](const setting_value& given) -> std::optional<std::string> {
    const auto* text = std::get_if<std::string>(&given.value);
    if (text == nullptr) return wrong_type(given);
    if (const auto fault = credential_fault(*text)) return "got one that is not: " + fault->what;
    target = *text;
    return std::nullopt;
  };
  return setting{std::move(key), "a password", read,
                 [&target] { return toml_text(target.empty() ? "" : "(not shown)"); }};
}

/// Octets that may stand in a Dot-string beside letters and digits.
text_form<std::string> delimiters_text() {
  return {[](std::string_view text) -> parsed<std::string> {
            constexpr std::string_view allowed = "!#$%&'*+-/=?^_`{|}~.";
            const std::size_t other = text.find_first_not_of(allowed);
            if (other != std::string_view::npos)
              return syntax_error{"that begins no detail", other + 1};
            if (text.size() > delimiters_max) return syntax_error{"too many", delimiters_max + 1};
            return std::string(text);
          },
          [](const std::string& text) { return text; }};
}

std::vector<setting> settings_of_route(route_draft& draft) {
  const std::string domain_expected = "\"example.org\", \"*.example.org\" or \"*\"";
  route& one = draft.one;
  std::vector<setting> all;
  all.push_back(text_setting("domain", draft.domain, domain_expected, domain_pattern()));
  all.push_back(list_setting("domains", draft.domains, domain_expected, domain_pattern()));
  all.push_back(list_setting("to", one.to,
                             "smtp://HOST, smtp://HOST:PORT, lmtp://HOST:PORT or lmtp+unix:/PATH",
                             server_text()));
  all.push_back(tls_setting("tls", one.tls));
  all.push_back(text_setting("user", draft.user, "a name", user_text()));
  all.push_back(password_setting("password", draft.password));
  all.push_back(
      text_setting("password_file", draft.password_file, "an absolute path", absolute_path()));
  all.push_back(text_setting("mail_from", one.mail_from, "an address, \"<>\", or \"\"",
                             return_path_or_none()));
  add_host_limits(all, "", one.limits);
  all.push_back(flag_setting("backup_mx", one.backup_mx));
  all.push_back(text_setting("recipient_delimiter", one.recipient_delimiter,
                             "characters such as \"+\", or \"\"", delimiters_text()));
  return all;
}

/// The password, which may stand in a file of its own: its first line.
parsed<std::string> password_of(const route_draft& draft) {
  if (draft.password_file.empty()) return draft.password;
  if (!draft.password.empty())
    return syntax_error{"password_file: expected no password beside it, got both", 1};
  const auto text = read_file(draft.password_file);
  if (!text) {
    return syntax_error{"password_file: expected a file that can be read, got " +
                            ascii::printable(draft.password_file) + ": " + text.error().message(),
                        1};
  }
  const std::string_view whole = *text;
  std::string_view line = whole.substr(0, whole.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (const auto fault = credential_fault(line)) {
    return syntax_error{
        "password_file: expected a password in its first line, got one that is "
        "not: " +
            fault->what,
        1};
  }
  return std::string(line);
}

std::vector<std::string> keep(const route_draft& draft, callout::routes& into) {
  std::vector<std::string> wrong;
  std::vector<std::string> domains = draft.domains;
  if (!draft.domain.empty()) domains.push_back(draft.domain);
  if (!draft.domain.empty() && !draft.domains.empty())
    wrong.emplace_back("domain: expected domain or domains, got both");
  route one = draft.one;
  const auto password = password_of(draft);
  if (!password) {
    wrong.push_back(password.error().what);
  } else if (!draft.user.empty() || !password->empty()) {
    one.auth = callout::credentials{draft.user, *password};
  }
  if (!domains.empty()) one.domain = domains.front();
  for (std::string& odd : contradictions(one)) wrong.push_back(std::move(odd));
  std::sort(domains.begin(), domains.end());
  for (std::size_t i = 0; i < domains.size(); ++i) {
    if (into.has(domains[i]) || (i > 0 && domains[i] == domains[i - 1]))
      wrong.push_back("domain: expected one route for " + domains[i] + ", got two");
  }
  if (!wrong.empty()) return wrong;
  for (std::string& each : domains) {
    one.domain = std::move(each);
    into.add(one);
  }
  return wrong;
}

}  // namespace

table_list route_list(callout::routes& into) {
  return table_list_setting<route_draft>(
      "route", routes_max, settings_of_route,
      [&into](const route_draft& draft) { return keep(draft, into); });
}

}  // namespace cbv::cbvd
