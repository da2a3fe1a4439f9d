// What a page can expect: of an answer, of the world, of one host. All as text.
#ifndef CBV_TESTS_SIM_SCENARIO_FACTS_HPP
#define CBV_TESTS_SIM_SCENARIO_FACTS_HPP

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "cbv/verdict/verdict.hpp"
#include "tests/sim/scenario_settings.hpp"
#include "tests/sim/test_world.hpp"

namespace cbv::sim {

using facts = std::map<std::string, std::string, std::less<>>;

facts facts_of(const verdict& made);

/// Of the world so far, with the counters of one role.
facts facts_of(test_world& in, role side);

/// Of the host at an address or on a unix socket so far.
facts facts_of(test_world& in, const std::string& place);

enum class likeness : std::uint8_t { same, part, at_least, at_most };

/// What a fact should be: the same, one with this part, or a number within a bound.
struct expectation {
  std::string key;
  likeness how = likeness::same;
  std::string value;
};

/// KEY=VALUE, KEY>=NUMBER or KEY<=NUMBER.
expectation expectation_of(const key_value& given);

bool is_met(const expectation& wanted, const std::string& got);

std::string to_string(const expectation& wanted);

}  // namespace cbv::sim

#endif
