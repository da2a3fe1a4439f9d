#include "cbv/callout/host_census.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

namespace cbv::callout {
namespace {

using namespace std::chrono_literals;

constexpr time_point noon{12h};

TEST(HostCensus, CountsSessionsForAsLongAsTheyAre) {
  host_census census;
  std::optional<host_census::session> one(std::in_place, census);
  {
    const host_census::session other(census);
    EXPECT_EQ(census.sessions(), 2U);
  }
  EXPECT_EQ(census.sessions(), 1U);
  one.reset();
  EXPECT_EQ(census.sessions(), 0U);
}

TEST(HostCensus, AHostIsLeftAloneForItsTime) {
  host_census census;
  census.note("192.0.2.1", noon + 5min, noon);
  census.note("192.0.2.2", noon + 10min, noon);
  EXPECT_EQ(census.left_alone(noon), 2U);
  EXPECT_EQ(census.left_alone(noon + 5min - 1ns), 2U);
  EXPECT_EQ(census.left_alone(noon + 5min), 1U);
  EXPECT_EQ(census.left_alone(noon + 10min), 0U);
}

TEST(HostCensus, AHostCountsOnceWhateverIsNotedOfIt) {
  host_census census;
  census.note("192.0.2.1", noon + 5min, noon);
  census.note("192.0.2.1", noon + 5min, noon);
  census.note("192.0.2.1", noon + 20min, noon + 1min);
  EXPECT_EQ(census.left_alone(noon + 6min), 1U) << "it was prolonged";
  census.note("192.0.2.1", time_point::min(), noon + 7min);
  EXPECT_EQ(census.left_alone(noon + 7min), 0U) << "it answered";
  census.note("192.0.2.1", time_point::min(), noon + 8min);
  EXPECT_EQ(census.left_alone(noon + 8min), 0U);
}

TEST(HostCensus, OverAndOutOfOrderIsNothing) {
  host_census census;
  census.note("a", noon - 1s, noon);
  EXPECT_EQ(census.left_alone(noon), 0U);
  census.note("b", noon + 1s, noon);
  census.note("c", noon + 1s, noon);
  census.note("b", noon + 3s, noon + 2s);
  EXPECT_EQ(census.left_alone(noon + 2s), 1U);
}

TEST(HostCensus, NotesSoManyAndNoMore) {
  host_census census;
  for (std::size_t i = 0; i < host_census::hosts_max + 10; ++i)
    census.note(std::to_string(i), noon + 5min, noon);
  EXPECT_EQ(census.left_alone(noon), host_census::hosts_max);
  census.note("one more", noon + 20min, noon + 6min);
  EXPECT_EQ(census.left_alone(noon + 6min), 1U);
}

}  // namespace
}  // namespace cbv::callout
