// What the facts of the self-test mean. Pure: facts in, findings out.
#ifndef CBV_SELF_TEST_JUDGE_HPP
#define CBV_SELF_TEST_JUDGE_HPP

#include <vector>

#include "cbv/self_test/facts.hpp"
#include "cbv/self_test/finding.hpp"

namespace cbv::self_test {

/// One finding a check, in the order in which they are best read and mended. Only what the DNS
/// states is ever `wrong`: its troubles are `not_known`.
std::vector<finding> judge(const facts& learnt);

}  // namespace cbv::self_test

#endif
