#include "cbv/verifier/subject.hpp"

#include <optional>
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

}  // namespace

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

boost::system::result<mailbox, verdict> subject_of(const query& asked) {
  if (asked.role == role::sender) {
    parsed<reverse_path> path = parse_reverse_path(asked.address);
    if (!path) return no_mailbox(path.error());
    if (!*path) return not_asked("the null reverse-path has no mailbox to ask about");
    return **path;
  }
  if (ascii::iequals(asked.address, "postmaster")) {
    return not_asked("postmaster without a domain is the asking host's own (RFC 5321 4.1.1.3)");
  }
  parsed<mailbox> about = parse_mailbox(asked.address);
  if (!about) return no_mailbox(about.error());
  return *about;
}

}  // namespace cbv
