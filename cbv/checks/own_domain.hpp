// Our domains and those of partners, with the networks that may send for them.
#ifndef CBV_CHECKS_OWN_DOMAIN_HPP
#define CBV_CHECKS_OWN_DOMAIN_HPP

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/address/name_pattern.hpp"
#include "cbv/checks/envelope.hpp"
#include "cbv/checks/finding.hpp"
#include "cbv/net/ip_network.hpp"

namespace cbv::checks {

/// An [[own_domain]]: who else has one of `domains` in the reverse-path is a stranger. Loopback is
/// never one, nor is who has authenticated.
struct own_domain {
  std::vector<name_pattern> domains{};
  std::vector<net::ip_network> networks{};
  rule_form stranger{{}, consequence::reject};

  friend bool operator==(const own_domain&, const own_domain&) = default;
};

/// The table of 2004 (LMAP), in the settings rather than in the DNS. A plain value; reading is safe
/// from any thread.
class own_domain_table {
 public:
  own_domain_table() = default;

  /// Adds one. False: one of its domains is there already, and nothing was added.
  bool add(own_domain one);

  /// The one whose pattern is closest to this domain (domain::text()); null if none matches.
  const own_domain* find(std::string_view domain) const;

  /// As they were added.
  const std::vector<own_domain>& all() const noexcept { return all_; }
  bool empty() const noexcept { return all_.empty(); }

 private:
  struct reach {
    std::optional<std::size_t> itself{};
    std::optional<std::size_t> below{};
  };

  std::vector<own_domain> all_;
  std::map<std::string, reach, std::less<>> names_;
};

/// Does a stranger use one of these domains as return path? Pure, and asks nobody. Unknown, if the
/// address of the client is not known. Evidence names the domain and the client.
finding check_own_domain(const own_domain_table& ours, const envelope& about, const paths& parsed);

}  // namespace cbv::checks

#endif
