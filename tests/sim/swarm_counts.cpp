#include "tests/sim/swarm_counts.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <sstream>

namespace cbv::sim {
namespace {

constexpr std::size_t made_up_octets = 14;

struct cell {
  const char* name;
  std::uint64_t role_counters::*count;
};

std::uint64_t sum_of(const counters& of, std::uint64_t role_counters::*count) {
  return of.sender.*count + of.recipient.*count;
}

template <class Many>
std::uint64_t sum(const Many& all) {
  return std::accumulate(all.begin(), all.end(), std::uint64_t{0});
}

std::uint64_t sum(const ranking& all) {
  std::uint64_t total = 0;
  for (const ranked& one : all) total += one.count;
  return total;
}

std::string field(const std::string& line, const std::string& name) {
  const std::size_t at = line.find(' ' + name + '=');
  if (at == std::string::npos) return {};
  const std::size_t begin = at + name.size() + 2;
  return line.substr(begin, line.find(' ', begin) - begin);
}

// Each call was answered in one way, and is in each of the other sums once.
void check_calls(const role_counters& counted, const asked_counts::of_role& asked) {
  EXPECT_EQ(counted.calls, asked.answers);
  EXPECT_EQ(counted.calls,
            counted.skips + counted.cached + counted.local + counted.joined + counted.asked);
  EXPECT_EQ(counted.by_status, asked.by_status);
  EXPECT_EQ(counted.by_reason, asked.by_reason);
  EXPECT_EQ(counted.skips, asked.not_asked);
  EXPECT_LE(counted.refreshes + counted.re_probes, counted.callouts);
  EXPECT_LE(counted.callouts, counted.asked + counted.refreshes + counted.re_probes);
}

// By the log, in which each callout that has ended has a line.
void check_callouts(test_world& world, const std::vector<std::string>& implicit) {
  std::array<role_counters, 2> told{};
  for (const std::string& line : world.log()) {
    if (!line.starts_with("info callout_finished ")) continue;
    const bool is_made = field(line, "stage") != "policy";
    if (!is_made) continue;
    role_counters& of = told.at(field(line, "role") == "sender" ? 0 : 1);
    ++of.callouts;
    const std::string why = field(line, "reason");
    for (const char* by_dns : {"domain_not_found", "null_mx", "no_mail_host", "mx_unusable"})
      if (why == by_dns) ++of.bad_domain;
    const std::size_t domain = line.rfind('@', line.find(" status=")) + 1;
    const std::string name = line.substr(domain, line.find_first_of(" \"", domain) - domain);
    const bool is_implicit = std::find(implicit.begin(), implicit.end(), name) != implicit.end();
    if (is_implicit && field(line, "hosts_asked") != "0") ++of.no_mx;
  }
  const counters& counted = world.counted().sums;
  for (const role side : {role::sender, role::recipient}) {
    SCOPED_TRACE(to_string(side));
    const role_counters& of = told.at(side == role::sender ? 0 : 1);
    EXPECT_EQ(counted.of(side).callouts, of.callouts);
    EXPECT_EQ(counted.of(side).bad_domain, of.bad_domain);
    EXPECT_EQ(counted.of(side).no_mx, of.no_mx);
  }
  EXPECT_EQ(counted.callouts.count(), sum_of(counted, &role_counters::callouts));
}

// A connection that the client gave up at its limit has failed; one that it gave up before had lost
// a race, or was cut off by a stop.
void check_connections(test_world& world, const far_side_ledger& far_side,
                       std::chrono::milliseconds connect_limit) {
  const counters& counted = world.counted().sums;
  const auto& given_up = world.net().given_up_after();
  const auto too_late = std::count_if(given_up.begin(), given_up.end(),
                                      [&](auto after) { return after >= connect_limit; });
  EXPECT_EQ(sum_of(counted, &role_counters::bad_connects),
            world.net().failed() + static_cast<std::uint64_t>(too_late));
  EXPECT_EQ(sum_of(counted, &role_counters::sessions), world.net().made());
  EXPECT_EQ(sum_of(counted, &role_counters::sessions), far_side.counted().sessions);
}

void check_dialogues(const counters& counted, const far_side_ledger& far_side) {
  if (far_side.is_garbled()) return;  // what a client makes of such replies no host can know
  for (const cell& each : {
           cell{"refused_welcome", &role_counters::refused_welcome},
           cell{"refused_noop", &role_counters::refused_noop},
           cell{"refused_helo", &role_counters::refused_helo},
           cell{"refused_mail_from", &role_counters::refused_mail_from},
           cell{"refused_rcpt_to", &role_counters::refused_rcpt_to},
           cell{"accepted", &role_counters::accepted},
           cell{"deferred", &role_counters::deferred},
       }) {
    if (each.count == &role_counters::refused_mail_from && far_side.crossed_in_tls()) continue;
    EXPECT_EQ(sum_of(counted, each.count), far_side.counted().*each.count) << each.name;
  }
}

void check_rankings(tally& counted, const asked_counts& asked) {
  const counters& sums = counted.sums;
  const rankings top = counted.take_rankings();
  std::uint64_t refusals = 0;
  for (const auto count : {&role_counters::refused_welcome, &role_counters::refused_noop,
                           &role_counters::refused_helo, &role_counters::refused_mail_from,
                           &role_counters::refused_rcpt_to, &role_counters::deferred}) {
    refusals += sum_of(sums, count);
  }
  EXPECT_EQ(sum(top.hosts), refusals);
  EXPECT_EQ(sum(top.domains), asked.roles[0].of_domains + asked.roles[1].of_domains);
}

}  // namespace

void asked_counts::note(role side, const verdict& given) {
  of_role& of = roles.at(side == role::sender ? 0 : 1);
  ++of.answers;
  ++of.by_status.at(static_cast<std::size_t>(given.status));
  ++of.by_reason.at(static_cast<std::size_t>(given.reason));
  if (given.reason == reason::not_asked && given.stage == stage::policy) ++of.not_asked;
  if (given.status == status::undeliverable && given.reason != reason::syntax) ++of.of_domains;
}

bool is_made_up(std::string_view rcpt) {
  const std::size_t begin = rcpt.find('<') + 1;
  const std::string_view local = rcpt.substr(begin, rcpt.rfind('@') - begin);
  return local.size() == made_up_octets && std::all_of(local.begin(), local.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
         });
}

std::vector<std::string> implicit_domains(std::string_view world_text) {
  std::map<std::string, std::set<std::string>> types;
  std::istringstream lines{std::string(world_text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name;
    std::string type;
    if (!line.starts_with("  ") || !(words >> name >> type) || !name.ends_with('.')) continue;
    name.pop_back();
    types[name].insert(type);
  }
  std::vector<std::string> found;
  for (const auto& [name, has] : types) {
    if (!has.contains("MX") && (has.contains("A") || has.contains("AAAA"))) found.push_back(name);
  }
  return found;
}

void check_counts(test_world& world, const far_side_ledger& far_side, const asked_counts& asked,
                  const std::vector<std::string>& implicit,
                  std::chrono::milliseconds connect_limit) {
  const counters& counted = world.counted().sums;
  for (const role side : {role::sender, role::recipient}) {
    SCOPED_TRACE(to_string(side));
    check_calls(counted.of(side), asked.roles.at(side == role::sender ? 0 : 1));
  }
  EXPECT_EQ(counted.hits.count(),
            sum_of(counted, &role_counters::cached) + sum_of(counted, &role_counters::local));
  check_callouts(world, implicit);
  check_connections(world, far_side, connect_limit);
  check_dialogues(counted, far_side);
  check_rankings(world.counted(), asked);
}

}  // namespace cbv::sim
