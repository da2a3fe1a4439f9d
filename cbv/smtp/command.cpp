#include "cbv/smtp/command.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <charconv>

#include "cbv/base/ascii.hpp"

namespace cbv::smtp {
namespace {

constexpr std::string_view crlf = "\r\n";

// The name comes from the settings, which check it. This is the last fence before the wire.
std::string only_domain_octets(std::string_view name) {
  constexpr std::string_view others = ".-:[]_";
  std::string clean(name);
  for (char& c : clean) {
    if (!ascii::is_alnum(c) && others.find(c) == std::string_view::npos) c = '-';
  }
  return clean;
}

std::string command(std::string_view verb, std::string_view argument) {
  std::string line(verb);
  line += argument;
  line += crlf;
  return line;
}

std::string base64(const std::string& octets) {
  std::string text(4 * ((octets.size() + 2) / 3) + 1, '\0');  // OpenSSL ends it with a NUL
  const auto* from = reinterpret_cast<const unsigned char*>(octets.data());
  auto* into = reinterpret_cast<unsigned char*>(text.data());
  const int length = EVP_EncodeBlock(into, from, static_cast<int>(octets.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (ascii::iequals(words.substr(0, end), word)) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

std::optional<std::uint64_t> number(std::string_view digits) {
  std::uint64_t value = 0;
  const char* const last = digits.data() + digits.size();
  const auto [end, failed] = std::from_chars(digits.data(), last, value);
  if (failed != std::errc{} || end != last) return std::nullopt;
  return value;
}

}  // namespace

std::string ehlo(std::string_view helo_name) {
  return command("EHLO ", only_domain_octets(helo_name));
}

std::string helo(std::string_view helo_name) {
  return command("HELO ", only_domain_octets(helo_name));
}

std::string lhlo(std::string_view helo_name) {
  return command("LHLO ", only_domain_octets(helo_name));
}

std::string mail_from(const reverse_path& from, bool smtputf8) {
  std::string path = from ? '<' + to_string(*from) + '>' : "<>";
  if (smtputf8) path += " SMTPUTF8";
  return command("MAIL FROM:", path);
}

std::string rcpt_to(const mailbox& recipient) {
  return command("RCPT TO:", '<' + to_string(recipient) + '>');
}

std::string rset() {
  return command("RSET", "");
}

std::string noop() {
  return command("NOOP", "");
}

std::string starttls() {
  return command("STARTTLS", "");
}

std::string auth_plain(const credentials& who) {
  std::string message;
  message += '\0';
  message += who.user;
  message += '\0';
  message += who.password;
  return command("AUTH PLAIN ", base64(message));
}

std::string quit() {
  return command("QUIT", "");
}

extensions parse_extensions(const reply& answer) {
  extensions offered;
  for (std::size_t i = 1; i < answer.lines.size(); ++i) {
    const std::string_view line = ascii::trim(answer.lines[i]);
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string_view keyword = line.substr(0, space);
    const std::string_view parameters = ascii::trim(line.substr(space));
    if (ascii::iequals(keyword, "PIPELINING")) {
      offered.pipelining = true;
    } else if (ascii::iequals(keyword, "SMTPUTF8")) {
      offered.smtputf8 = true;
    } else if (ascii::iequals(keyword, "STARTTLS")) {
      offered.starttls = true;
    } else if (ascii::iequals(keyword, "AUTH")) {
      offered.auth_plain = offered.auth_plain || has_word(parameters, "PLAIN");
    } else if (ascii::iequals(keyword, "ENHANCEDSTATUSCODES")) {
      offered.enhanced_status_codes = true;
    } else if (ascii::iequals(keyword, "SIZE")) {
      offered.size = parameters.empty() ? 0 : number(parameters);
    }
  }
  return offered;
}

}  // namespace cbv::smtp
