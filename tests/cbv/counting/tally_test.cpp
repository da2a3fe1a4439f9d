#include "cbv/counting/tally.hpp"

#include <gtest/gtest.h>

namespace cbv {
namespace {

TEST(Tally, ClientsAreToldApartByTheNetworkThatOneHas) {
  struct row {
    const char* client;
    const char* counted_as;
  };
  for (const row& one : {
           row{"192.0.2.1", "192.0.2.1"},
           row{"::ffff:192.0.2.1", "192.0.2.1"},
           row{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
           row{"2001:DB8:1:2::1", "2001:db8:1:2::/64"},
           row{"::1", "::/64"},
           row{"", nullptr},
           row{"unknown", nullptr},
           row{"192.0.2.1.", nullptr},
           row{"2001:db8:0000:0000:0000:0000:0000:0000:0000:0000:0000", nullptr},
       }) {
    tally counted;
    counted.note_misdeed_of(one.client);
    ranking expected;
    if (one.counted_as != nullptr) expected.push_back({one.counted_as, 1, 0});
    EXPECT_EQ(counted.take_rankings().clients, expected) << one.client;
  }
}

TEST(Tally, WhatIsTakenIsNotTakenAgain) {
  tally counted;
  counted.note_undeliverable("example.org");
  counted.note_undeliverable("");
  counted.note_refusal_by("mx.example.org");
  counted.note_refusal_by("mx.example.org");
  const rankings taken = counted.take_rankings();
  EXPECT_EQ(taken.domains, (ranking{{"example.org", 1, 0}}));
  EXPECT_EQ(taken.hosts, (ranking{{"mx.example.org", 2, 0}}));
  EXPECT_EQ(counted.take_rankings(), rankings{});
}

TEST(Tally, DecisionsAreCountedByWhatDecided) {
  tally counted;
  counted.note_decision(0, action::accept);
  counted.note_decision(3, action::reject);
  counted.note_decision(3, action::reject);
  counted.note_decision(deciders, action::reject);  // there is no such
  counters expected;
  expected.decisions[0][0] = 1;
  expected.decisions[3][1] = 2;
  EXPECT_EQ(counted.sums, expected);
}

}  // namespace
}  // namespace cbv
