// Whether the client's address has a name, and the name leads back to it.
#ifndef CBV_CHECKS_CLIENT_NAME_HPP
#define CBV_CHECKS_CLIENT_NAME_HPP

#include <cstddef>
#include <optional>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/checks/envelope.hpp"
#include "cbv/checks/finding.hpp"
#include "cbv/dns/resolver.hpp"
#include "cbv/dns/reverse.hpp"

namespace cbv::checks {

struct client_name_rules {
  rule_form no_name{{}, consequence::log};        // the address has no name (PTR)
  rule_form not_confirmed{{}, consequence::log};  // it has, but none leads back to the address
  std::size_t names_max = 10;                     // names that are looked up
};

struct client_name_facts {
  std::optional<dns::pointers> names;  // nothing: not asked
};

/// The edge has a name that it confirmed. Its "unknown" says nothing: it is also what an edge says
/// whose name server did not answer (Postfix).
bool is_client_name_known(const envelope& of) noexcept;

/// Pure.
finding judge_client_name(const envelope& of, const client_name_rules& rules,
                          const client_name_facts& facts);

/// Asks unless the edge knows the name, the client is not known, or both rules are off. `of` and
/// `rules` outlive the look-up. Throws only when cancelled.
awaitable<client_name_facts> gather_client_name(dns::resolver& names, const envelope& of,
                                                const client_name_rules& rules,
                                                time_point deadline);

}  // namespace cbv::checks

#endif
