// What a scenario can set of callouts, beside the times and names of a dialogue: TLS, tests,
// limits, courtesy, routes.
#ifndef CBV_TESTS_SIM_SCENARIO_SETTINGS_HPP
#define CBV_TESTS_SIM_SCENARIO_SETTINGS_HPP

#include <optional>
#include <string>
#include <vector>

#include "cbv/callout/route.hpp"
#include "tests/sim/test_world.hpp"
#include "tools/cbv-sim/reader.hpp"

namespace cbv::sim {

/// KEY=VALUE; the value may be quoted as a whole field: text="no such user".
struct key_value {
  std::string key;
  std::string value;
};

/// Nothing if the field is none.
std::optional<key_value> as_key_value(const field& word);

/// Sets what `given` says; false if there is no such key. Throws complaint if the value is bad.
bool set_callout(test_world_options& to, const key_value& given);

/// A route from "route DOMAIN TARGET... KEY=VALUE...", with the keys of [[route]] in cbvd.toml.
/// Throws complaint.
callout::route read_route(const std::vector<field>& line);

}  // namespace cbv::sim

#endif
