// The self-test (cbv/self_test) as the daemon does it: from the settings, over the network, in
// words.
#ifndef CBV_TOOLS_CBVD_SELF_CHECK_HPP
#define CBV_TOOLS_CBVD_SELF_CHECK_HPP

#include <string>
#include <vector>

#include "cbv/async/awaitable.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/log.hpp"
#include "cbv/base/random.hpp"
#include "cbv/dns/resolver.hpp"
#include "cbv/self_test/facts.hpp"
#include "cbv/self_test/finding.hpp"
#include "tools/cbvd/settings.hpp"

namespace cbv::cbvd {

/// What callouts with these settings show of us. Asks the kernel for its routes.
self_test::appearance appearance_of(const settings& with);

/// Looks at it, within settings.self_test.time_limit. Throws only when cancelled. The references
/// outlive it.
awaitable<std::vector<self_test::finding>> check_self(dns::resolver& names, timer& time,
                                                      random_source& chance, const settings& with);

/// The same with a resolver of its own, from beginning to end.
std::vector<self_test::finding> check_self(const settings& with);

/// A line each: grade, check, what it is about, what was found, what to do.
std::string finding_lines(const std::vector<self_test::finding>& found);

/// One JSON object: how many there are of each grade, and all of them.
std::string finding_json(const std::vector<self_test::finding>& found);

/// An event each, and one that counts them.
void log_findings(const logger& log, const std::vector<self_test::finding>& found);

}  // namespace cbv::cbvd

#endif
