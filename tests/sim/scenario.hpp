// Scenarios: a world, questions, and what is expected, as a page that a mail administrator reads.
//
//   zone                                        the DNS, as in a master file (cbv-sim(1))
//     example.net.      300  MX  10 mx1.example.net.
//     mx1.example.net.  300  A   192.0.2.25
//   host 192.0.2.25 mx1.example.net             a mail host: its temper, or what is said
//     mailbox ann@example.net
//   settings greeting=5s                        of the prober, before the first question
//   ask ann@example.net sender wait=2s          one question; recipient unless said otherwise
//   expect deliverable accepted reply=250       what the answer has
//   after 10m                                   time passes
//   restart                                     all is forgotten that is not remembered
//   expect connections=1                        what the world has seen
//
// In every scenario no host may have seen a fault (DATA, commands ahead of their turn), nothing may
// be logged as an error, and nothing may be left open at the end.
#ifndef CBV_TESTS_SIM_SCENARIO_HPP
#define CBV_TESTS_SIM_SCENARIO_HPP

#include <string>
#include <string_view>
#include <vector>

namespace cbv::sim {

/// Runs a scenario. What is wrong, as "FILE:LINE: expected ..., got ..."; nothing if it went well.
std::vector<std::string> run_scenario(std::string_view text, const std::string& file_name);

}  // namespace cbv::sim

#endif
