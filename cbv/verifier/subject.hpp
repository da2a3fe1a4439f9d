// What a question is about: the mailbox to ask for, or the verdict that needs no asking.
#ifndef CBV_VERIFIER_SUBJECT_HPP
#define CBV_VERIFIER_SUBJECT_HPP

#include <boost/system/result.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/address/mailbox.hpp"
#include "cbv/verdict/query.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv {

/// What equal questions have in common: role and mailbox, however it is written.
std::string question_key(role side, const mailbox& about);

/// A verdict `unknown` that no far host had a part in.
verdict undecided(reason why, stage at, source from, std::string detail);

/// The postmaster of any domain, however he is written (RFC 5321 section 4.5.1).
bool is_postmaster(const mailbox& about);

/// Unknown / not_asked, by our own decision.
verdict not_asked(std::string detail);

/// Reads the address of a question in its role. Undeliverable / syntax for what is no mailbox;
/// unknown / not_asked for the null reverse-path and for the domainless postmaster, which there is
/// nobody to ask about, for the postmaster of any domain (RFC 5321 section 4.5.1: he is always
/// there, and two verifiers that call back each other's postmaster never end), and for
/// `own_senders`, which our own callouts come from. Pure.
boost::system::result<mailbox, verdict> subject_of(const query& asked,
                                                   const std::vector<mailbox>& own_senders = {});

/// The domain of that; empty if nobody is to be asked about.
inline std::string_view domain_of(const boost::system::result<mailbox, verdict>& subject) noexcept {
  return subject ? std::string_view(subject->domain().text()) : std::string_view();
}

}  // namespace cbv

#endif
