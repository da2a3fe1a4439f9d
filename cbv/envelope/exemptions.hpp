// Who is spared which checks.
#ifndef CBV_ENVELOPE_EXEMPTIONS_HPP
#define CBV_ENVELOPE_EXEMPTIONS_HPP

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/address/name_pattern.hpp"
#include "cbv/checks/envelope.hpp"
#include "cbv/checks/finding.hpp"
#include "cbv/envelope/check.hpp"
#include "cbv/net/ip_network.hpp"

namespace cbv::envelope {

struct skip_rules {
  bool authenticated = true;                      // whoever has given a password
  std::vector<net::ip_network> own_networks;      // our own users and servers
  std::vector<net::ip_network> allowed_networks;  // clients that are trusted, but not ours
  name_list allowed_clients;                      // likewise, by their confirmed name
  name_list unfiltered_domains;                   // recipients that want all of their mail
  std::vector<std::string> unfiltered_addresses;  // likewise; cache_key() of each, sorted
};

/// Which checks an envelope is spared, and why. A value.
class exemptions {
 public:
  /// For each check that `these` has, unless another reason was there first.
  void add(check_set these, std::string_view why);

  /// As an access list has it that says `skip`: all checks of the client and of the sender.
  void add_of_a_list();

  bool has(check one) const { return !why_.at(index_of(one)).empty(); }
  /// Empty: it is not exempt.
  std::string_view why(check one) const { return why_.at(index_of(one)); }

  /// As the check `skips` says it: skip, and each reason once; pass if there is none.
  checks::finding found() const;

 private:
  std::array<std::string_view, checks_count> why_{};
};

/// What an envelope is spared; the reasons are words for people, good for ever. Pure.
///
/// | who | is spared |
/// |---|---|
/// | a client that has authenticated, or is in our own networks | all but the syntax and the
///   recipient |
/// | an allowed client | rate, HELO, client name, DNSBL, own domains, SPF |
/// | the null reverse-path | own domains, sender domain, call-back |
/// | a postmaster as recipient | everything: he is always to be reached (RFC 5321 4.5.1) |
/// | a recipient that wants all of its mail | all but rate, syntax and the recipient |
/// | whoever an access list skips | what comes after the lists, but for the recipient |
exemptions exemptions_of(const checks::envelope& of, const checks::paths& parsed,
                         const skip_rules& rules);

}  // namespace cbv::envelope

#endif
