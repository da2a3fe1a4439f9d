#include "cbv/verifier/subject.hpp"

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "cbv/base/ascii.hpp"
#include "cbv/policy/decision.hpp"

namespace cbv {
namespace {

verdict no_mailbox(const syntax_error& wrong) {
  policy::evidence learnt;
  learnt.syntax = wrong;
  return *policy::decide(learnt, {});
}

bool is_the_same(const mailbox& a, const mailbox& b) {
  return a.domain() == b.domain() && cache_key(a) == cache_key(b);
}

// Whoever is in one of these is never asked about.
boost::system::result<mailbox, verdict> unless_left_alone(const mailbox& about,
                                                          const std::vector<mailbox>& own_senders) {
  if (is_postmaster(about)) {
    return not_asked("a postmaster is never asked about (RFC 5321 4.5.1)");
  }
  for (const mailbox& own : own_senders) {
    if (is_the_same(about, own)) return not_asked("our own callouts come from this address");
  }
  return about;
}

}  // namespace

bool is_postmaster(const mailbox& about) {
  constexpr std::size_t unquoted = std::string_view("postmaster").size();
  if (about.local_part().size() < unquoted) return false;
  return cache_key(about).starts_with("postmaster@");
}

std::string question_key(role side, const mailbox& about) {
  return std::string(to_string(side)) + ' ' + cache_key(about);
}

verdict undecided(reason why, stage at, source from, std::string detail) {
  verdict made;
  made.status = status::unknown;
  made.reason = why;
  made.stage = at;
  made.source = from;
  made.detail = std::move(detail);
  return made;
}

verdict not_asked(std::string detail) {
  return undecided(reason::not_asked, stage::policy, source::policy, std::move(detail));
}

boost::system::result<mailbox, verdict> subject_of(const query& asked,
                                                   const std::vector<mailbox>& own_senders) {
  if (asked.role == role::sender) {
    parsed<reverse_path> path = parse_reverse_path(asked.address);
    if (!path) return no_mailbox(path.error());
    if (!*path) return not_asked("the null reverse-path has no mailbox to ask about");
    return unless_left_alone(**path, own_senders);
  }
  if (ascii::iequals(asked.address, "postmaster")) {
    return not_asked("postmaster without a domain is the asking host's own (RFC 5321 4.1.1.3)");
  }
  parsed<mailbox> about = parse_mailbox(asked.address);
  if (!about) return no_mailbox(about.error());
  return unless_left_alone(*about, own_senders);
}

}  // namespace cbv
