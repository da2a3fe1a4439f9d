// The steps of all checks that are switched on, as the settings have them.
#ifndef CBV_ENVELOPE_STEPS_HPP
#define CBV_ENVELOPE_STEPS_HPP

#include <functional>
#include <memory>
#include <vector>

#include "cbv/base/clock.hpp"
#include "cbv/base/random.hpp"
#include "cbv/checks/access_list.hpp"
#include "cbv/checks/client_name.hpp"
#include "cbv/checks/dns_list_desk.hpp"
#include "cbv/checks/dns_lists.hpp"
#include "cbv/checks/helo.hpp"
#include "cbv/checks/own_domain.hpp"
#include "cbv/checks/rate_control.hpp"
#include "cbv/checks/sender_domain.hpp"
#include "cbv/checks/sender_policy.hpp"
#include "cbv/dns/resolver.hpp"
#include "cbv/envelope/check.hpp"
#include "cbv/envelope/path_steps.hpp"
#include "cbv/envelope/step.hpp"

namespace cbv::envelope {

/// What each check goes by.
struct check_rules {
  /// Those that are made. `skips` is made in any case.
  check_set on{check::syntax, check::recipient, check::sender_callback};
  path_rules paths;
  checks::helo_rules helo;
  checks::client_name_rules client_name;
  checks::dns_list_rules dns_lists;
  checks::own_domain_table own_domains;
  checks::spf_rules spf;
  checks::sender_domain_rules sender_domain;
};

/// What they are made with. All outlive the steps.
struct check_parts {
  verify_function verify;
  dns::resolver& names;
  const clock& time;
  random_source& chance;
  checks::dns_list_desk& dns_lists;
  checks::rate_control& rate;
  std::function<std::shared_ptr<const checks::access_list>()> access;  // that is in force
};

/// In no order.
std::vector<step> steps_of(check_rules rules, const check_parts& parts);

}  // namespace cbv::envelope

#endif
