// Whether the counters tell what happened in a world, cell by cell.
#ifndef CBV_TESTS_SIM_SWARM_COUNTS_HPP
#define CBV_TESTS_SIM_SWARM_COUNTS_HPP

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/base/clock.hpp"
#include "cbv/counting/tally.hpp"
#include "cbv/verdict/verdict.hpp"
#include "cbv/verdict/words.hpp"
#include "tests/sim/far_side_ledger.hpp"
#include "tests/sim/test_world.hpp"

namespace cbv::sim {

/// What the asking side has seen.
struct asked_counts {
  struct of_role {
    std::uint64_t answers = 0;
    std::array<std::uint64_t, 4> by_status{};
    std::array<std::uint64_t, 128> by_reason{};
    std::uint64_t not_asked = 0;   // at stage policy
    std::uint64_t of_domains = 0;  // undeliverable, and not because of the syntax
  };
  std::array<of_role, 2> roles{};

  void note(role side, const verdict& given);
};

/// A mailbox that was made up for a catch-all test: no world has one like it.
bool is_made_up(std::string_view rcpt);

/// The domains of a world, as it is written, that have an address and no MX.
std::vector<std::string> implicit_domains(std::string_view world_text);

/// Expects that the counters of a world that has settled are equal to what its far side, its
/// network, its log and those who asked have counted. `connect_limit` is how long a connection may
/// take to be made. Takes the top lists.
void check_counts(test_world& world, const far_side_ledger& far_side, const asked_counts& asked,
                  const std::vector<std::string>& implicit,
                  std::chrono::milliseconds connect_limit);

}  // namespace cbv::sim

#endif
