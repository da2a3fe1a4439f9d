#include "cbv/checks/access.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "cbv/base/ascii.hpp"

namespace cbv::checks {
namespace {

// In the order in which a dialogue tells of them.
constexpr std::array<access_subject, access_subjects> subjects{
    access_subject::client, access_subject::client_name, access_subject::reverse_client_name,
    access_subject::helo,   access_subject::sender,      access_subject::recipient};

// RFC 5321 section 4.2.3: 554 where there is no service for this client, 550 for a mailbox.
reply_form default_reply(access_subject subject) {
  switch (subject) {
    case access_subject::client:
    case access_subject::client_name:
    case access_subject::reverse_client_name:
      return {554, "5.7.1", "Client host rejected: access denied"};
    case access_subject::helo:
      return {554, "5.7.1", "HELO name rejected: access denied"};
    case access_subject::sender:
      return {550, "5.7.1", "Sender address rejected: access denied"};
    case access_subject::recipient:
      break;
  }
  return {550, "5.7.1", "Recipient address rejected: access denied"};
}

// Before which others a match counts: the least does.
int rank(const access_match& match) {
  const bool of_recipient = match.subject == access_subject::recipient;
  switch (match.action) {
    case access_action::allow:
      return 0;
    case access_action::refuse:
      return of_recipient ? 1 : 4;
    case access_action::defer:
      return of_recipient ? 2 : 5;
    case access_action::skip:
      break;
  }
  return 3;
}

finding found_of(const access_match& match) {
  std::string evidence = ascii::printable(match.where + ' ' + match.rule);
  switch (match.action) {
    case access_action::allow:
      return finding{outcome::pass, std::move(evidence), advice{action::accept, 250, "2.1.5", ""}};
    case access_action::skip:
      return finding{outcome::skip, std::move(evidence)};
    case access_action::defer:
      return failed(std::move(evidence), rule_form{match.reply, consequence::defer},
                    default_reply(match.subject));
    case access_action::refuse:
      break;
  }
  return failed(std::move(evidence), rule_form{match.reply, consequence::reject},
                default_reply(match.subject));
}

}  // namespace

finding check_access(const access_list& rules, const envelope& about, const paths& parsed) {
  std::optional<access_match> first;
  for (const access_subject subject : subjects) {
    auto match = rules.find(subject, about, parsed);
    if (match && (!first || rank(*match) < rank(*first))) first = std::move(match);
  }
  if (!first) return finding{outcome::pass, "no rule"};
  return found_of(*first);
}

}  // namespace cbv::checks
