// Asks the DNS for all that the self-test judges.
#ifndef CBV_SELF_TEST_GATHER_HPP
#define CBV_SELF_TEST_GATHER_HPP

#include "cbv/async/awaitable.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/base/random.hpp"
#include "cbv/dns/resolver.hpp"
#include "cbv/self_test/facts.hpp"

namespace cbv::self_test {

/// Look-ups run side by side; what is not known at `deadline` is a trouble in the facts. Throws
/// only when cancelled. The references outlive the call.
awaitable<facts> gather(dns::resolver& names, const clock& time, random_source& chance,
                        appearance seen, time_point deadline);

}  // namespace cbv::self_test

#endif
