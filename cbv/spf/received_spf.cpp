#include "cbv/spf/received_spf.hpp"

#include <algorithm>
#include <cstddef>

#include "cbv/base/ascii.hpp"

namespace cbv::spf {
namespace {

constexpr std::size_t value_octets_max = 255;

// Printable ASCII of at most so many octets: what else is in it becomes "?".
std::string plain(std::string_view text) {
  std::string fit(text.substr(0, value_octets_max));
  std::replace_if(
      fit.begin(), fit.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return fit;
}

// `text` with a backslash before each of `special` (RFC 5322 quoted-pair).
std::string escaped(std::string_view text, std::string_view special) {
  std::string made;
  for (const char c : plain(text)) {
    if (special.find(c) != std::string_view::npos) made += '\\';
    made += c;
  }
  return made;
}

std::string in_comment(std::string_view text) {
  return escaped(text, "()\\");
}

bool is_atext(char c) {
  return ascii::is_alnum(c) ||
         std::string_view("!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
}

// A dot-atom as it is, all else quoted (RFC 5322 section 3.2.3).
std::string value(std::string_view text) {
  bool is_atom = !text.empty() && text.size() <= value_octets_max && text.back() != '.';
  char last = '.';
  for (const char c : text) {
    is_atom = is_atom && (is_atext(c) || (c == '.' && last != '.'));
    last = c;
  }
  return is_atom ? std::string(text) : '"' + escaped(text, "\"\\") + '"';
}

std::string comment(const identity& asked, identity_kind kind, const outcome& found,
                    std::string_view receiver) {
  const std::string of = in_comment(
      kind == identity_kind::helo ? asked.domain : asked.local_part + '@' + asked.domain);
  const std::string client = asked.client.to_string();
  const std::string by = in_comment(receiver) + ": ";
  switch (found.said) {
    case evaluation::pass:
      return by + "domain of " + of + " designates " + client + " as permitted sender";
    case evaluation::fail:
      return by + "domain of " + of + " does not designate " + client + " as permitted sender";
    case evaluation::softfail:
      return by + "domain of " + of + " rather does not designate " + client +
             " as permitted sender";
    case evaluation::neutral:
      return by + "domain of " + of + " says nothing about " + client;
    case evaluation::none:
      return by + "domain of " + of + " does not designate permitted senders";
    case evaluation::temperror:
      return by + "the DNS did not say what the domain of " + of + " designates";
    case evaluation::permerror:
      return by + "what the domain of " + of + " designates cannot be read";
  }
  return by + "domain of " + of;
}

}  // namespace

std::string_view to_string(identity_kind kind) noexcept {
  return kind == identity_kind::helo ? "helo" : "mailfrom";
}

std::string received_spf(const identity& asked, identity_kind kind, const outcome& found,
                         std::string_view receiver) {
  std::string field(to_string(found.said));
  field += " (" + comment(asked, kind, found, receiver) + ')';
  const auto add = [&field](std::string_view key, std::string_view text) {
    if (field.back() != ')') field += ';';
    field += ' ';
    field.append(key) += '=' + value(text);
  };
  add("receiver", receiver);
  add("identity", to_string(kind));
  add("client-ip", asked.client.to_string());
  if (kind == identity_kind::mail_from) {
    add("envelope-from", asked.local_part + '@' + asked.domain);
  }
  if (!asked.helo.empty()) add("helo", asked.helo);
  if (!found.term.empty()) add("mechanism", found.term);
  if (!found.problem.empty()) add("problem", found.problem);
  return field;
}

}  // namespace cbv::spf
