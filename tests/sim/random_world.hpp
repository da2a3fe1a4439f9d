// Worlds drawn from a seed: domains, hosts with all tempers, routes, and what is true of their
// mailboxes.
#ifndef CBV_TESTS_SIM_RANDOM_WORLD_HPP
#define CBV_TESTS_SIM_RANDOM_WORLD_HPP

#include <cstddef>
#include <string>
#include <vector>

#include "cbv/base/random.hpp"
#include "cbv/callout/route.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::sim {

/// What may be said of an address, whatever faults there are: `unknown` always may.
struct truth {
  bool may_be_deliverable = false;
  bool may_be_undeliverable = false;
  bool may_be_catch_all = false;    // some host takes every mailbox
  bool may_refuse_bounces = false;  // every host refuses <>
  bool may_be_relay = false;        // no host serves the domain
};

/// One address of the world.
struct known_address {
  std::string text;
  truth is;         // as a recipient
  truth as_sender;  // routes are for recipients
};

/// A world's text, as parse_world reads it, and addresses in it and around it.
struct random_world {
  std::string text;
  std::vector<known_address> addresses;
  std::vector<callout::route> routes;  // with the limits that they have by default
};

struct random_world_options {
  std::size_t hosts = 40;  // at most 200
  std::size_t domains = 40;
};

random_world make_random_world(random_source& chance, const random_world_options& options = {});

}  // namespace cbv::sim

#endif
