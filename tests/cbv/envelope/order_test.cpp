#include "cbv/envelope/order.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <vector>

namespace cbv::envelope {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

using terms = std::vector<order::term>;

const terms all{{check::skips, start::at_once},      {check::rate, start::at_once},
                {check::syntax, start::at_once},     {check::access, start::at_once},
                {check::helo, start::side_by_side},  {check::client_name, start::side_by_side},
                {check::dnsbl, start::side_by_side}, {check::own_domain, start::at_once},
                {check::spf, start::side_by_side},   {check::sender_domain, start::side_by_side},
                {check::recipient, start::in_turn},  {check::sender_callback, start::in_turn}};

TEST(EnvelopeOrderTest, WhatCostsNothingComesFirstThenLookUpsTogetherThenCalloutsOneByOne) {
  order one(all);
  EXPECT_THAT(one.take_ready(), ElementsAre(check::skips, check::rate, check::syntax, check::access,
                                            check::own_domain));
  EXPECT_THAT(one.take_ready(), IsEmpty()) << "each is told once, and look-ups wait";
  for (const check done :
       {check::skips, check::rate, check::syntax, check::access, check::own_domain})
    one.note(done, false);
  EXPECT_THAT(one.take_ready(), ElementsAre(check::helo, check::client_name, check::dnsbl,
                                            check::spf, check::sender_domain));
  for (const check done : {check::sender_domain, check::helo, check::spf, check::client_name})
    one.note(done, false);
  EXPECT_THAT(one.take_ready(), IsEmpty()) << "no one is called before all look-ups are known";
  EXPECT_THAT(one.awaited(), ElementsAre(check::dnsbl));
  one.note(check::dnsbl, false);
  EXPECT_THAT(one.take_ready(), ElementsAre(check::recipient));
  EXPECT_FALSE(one.is_over());
  one.note(check::recipient, false);
  EXPECT_THAT(one.take_ready(), ElementsAre(check::sender_callback));
  one.note(check::sender_callback, false);
  EXPECT_TRUE(one.is_over());
  EXPECT_EQ(one.decided(), std::nullopt);
}

TEST(EnvelopeOrderTest, ADecisionBehindMakesWhatIsBehindItNeedless) {
  order one(all);
  one.take_ready();
  for (const check done : {check::skips, check::rate, check::syntax, check::access})
    one.note(done, false);
  one.note(check::own_domain, true);
  EXPECT_THAT(one.take_ready(), ElementsAre(check::helo, check::client_name, check::dnsbl))
      << "what stands before it may still decide otherwise; SPF may not";
  EXPECT_FALSE(one.is_over());
  EXPECT_EQ(one.decided(), std::nullopt) << "not before all before it are known";
  one.note(check::client_name, true);
  EXPECT_THAT(one.take_needless(), ElementsAre(check::dnsbl));
  EXPECT_THAT(one.take_needless(), IsEmpty());
  one.note(check::dnsbl, true);
  EXPECT_THAT(one.awaited(), ElementsAre(check::helo));
  one.note(check::helo, false);
  EXPECT_TRUE(one.is_over());
  EXPECT_EQ(one.decided(), check::client_name);
  EXPECT_TRUE(one.counts(check::helo));
  EXPECT_TRUE(one.counts(check::client_name));
  EXPECT_FALSE(one.counts(check::dnsbl));
  EXPECT_FALSE(one.counts(check::own_domain)) << "it was made, but the matter was decided";
  EXPECT_THAT(one.take_ready(), IsEmpty());
}

TEST(EnvelopeOrderTest, WhatIsSwitchedOffIsNotMissed) {
  order one({{check::recipient, start::in_turn}});
  EXPECT_THAT(one.take_ready(), ElementsAre(check::recipient));
  one.note(check::recipient, true);
  EXPECT_EQ(one.decided(), check::recipient);
  EXPECT_TRUE(order({}).is_over());
}

// Whatever ends first, whoever decides: the first of those that decide, in the order of the checks.
TEST(EnvelopeOrderTest, TheFirstDecisionCountsWhateverEndsFirst) {
  for (unsigned seed = 1; seed <= 2'000; ++seed) {
    std::mt19937 chance(seed);
    std::array<bool, checks_count> decides{};
    terms on;
    for (const order::term& each : all) {
      decides.at(index_of(each.which)) = chance() % 4 == 0;
      if (chance() % 5 != 0) on.push_back(each);
    }
    std::shuffle(on.begin(), on.end(), chance);
    order one(on);
    std::vector<check> running;
    while (!one.is_over()) {
      for (const check each : one.take_ready()) running.push_back(each);
      for (const check each : one.take_needless()) std::erase(running, each);
      ASSERT_FALSE(running.empty()) << "it hangs, seed " << seed;
      const std::size_t which = chance() % running.size();
      const check ended = running[which];
      running.erase(running.begin() + static_cast<std::ptrdiff_t>(which));
      one.note(ended, decides.at(index_of(ended)));
    }
    std::optional<check> expected;
    for (const order::term& each : on) {
      if (decides.at(index_of(each.which)) && (!expected || each.which < *expected))
        expected = each.which;
    }
    EXPECT_EQ(one.decided(), expected) << "seed " << seed;
    for (const order::term& each : on)
      EXPECT_EQ(one.counts(each.which), !expected || each.which <= *expected) << "seed " << seed;
  }
}

}  // namespace
}  // namespace cbv::envelope
