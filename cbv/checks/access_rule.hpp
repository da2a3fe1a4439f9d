// One rule of an access list, as it stands in a line of its file (RFC 2505 sections 2.1 to 2.6).
#ifndef CBV_CHECKS_ACCESS_RULE_HPP
#define CBV_CHECKS_ACCESS_RULE_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cbv/address/syntax_error.hpp"
#include "cbv/checks/finding.hpp"
#include "cbv/net/ip_network.hpp"

namespace cbv::checks {

/// allow: the envelope is accepted, and nothing else is looked at. skip: what the client is and
/// what it says of itself is not looked at; the recipient is. defer, refuse: with a reply.
enum class access_action : std::uint8_t { allow, skip, defer, refuse };

/// What of an envelope a rule is about.
enum class access_subject : std::uint8_t {
  client,               // its address
  client_name,          // of its address, confirmed
  reverse_client_name,  // of its address, not confirmed: anybody can have any
  helo,
  sender,
  recipient
};
inline constexpr std::size_t access_subjects = 6;

/// "allow", "skip", "defer", "refuse".
std::string_view to_string(access_action word) noexcept;
/// "client", "client_name", ...
std::string_view to_string(access_subject word) noexcept;

/// What the pattern of a rule looks like.
enum class access_form : std::uint8_t {
  network,     // 192.0.2.0/24
  null_path,   // <>
  name,        // example.org, .example.org, *.example.org
  mailbox,     // bob@example.org
  local_part,  // bob@
  wildcard     // bounce-*@, bounce-*@.example.org, bob@*.example.org
};

/// How far a name goes: "example.org", ".example.org", "*.example.org".
enum class name_reach : std::uint8_t { itself, both, below };

/// A value. What its form does not need is empty.
struct access_rule {
  access_action action = access_action::refuse;
  access_subject subject = access_subject::client;
  access_form form = access_form::name;
  name_reach reach = name_reach::itself;
  std::optional<net::ip_network> network{};
  std::string name{};  // lower case A-labels; of a wildcard: empty is any domain
  /// Lower case, in its shortest spelling; of a wildcard as wildcard_matches() takes it.
  std::string local_part{};
  reply_form reply{};  // what is not set is as by default

  friend bool operator==(const access_rule&, const access_rule&) = default;
};

inline constexpr std::size_t access_line_octets_max = 2'048;

/// Reads ACTION SUBJECT PATTERN [CODE] [ENHANCED] [TEXT] [# comment]. Nothing: the line is blank or
/// a comment. The error says what was expected and what is there, and can be shown.
parsed<std::optional<access_rule>> parse_access_rule(std::string_view line);

/// A line that reads as this rule.
std::string to_string(const access_rule& rule);

}  // namespace cbv::checks

#endif
