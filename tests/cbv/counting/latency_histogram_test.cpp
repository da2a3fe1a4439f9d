#include "cbv/counting/latency_histogram.hpp"

#include <gtest/gtest.h>

#include <chrono>

namespace cbv {
namespace {

using namespace std::chrono_literals;

TEST(LatencyHistogram, ABucketIsAtMostAQuarterWide) {
  latency_histogram counted;
  for (std::int64_t ns = 1; ns < 1'000'000'000'000; ns += 1 + ns / 9) {
    latency_histogram one;
    one.add(std::chrono::nanoseconds(ns));
    const std::chrono::nanoseconds end = one.quantile(1);
    EXPECT_GT(end.count(), ns);
    EXPECT_LE(end.count(), ns + ns / 4 + 64) << ns;
  }
}

TEST(LatencyHistogram, WhatIsTooLongOrNegativeIsCountedAtTheEnds) {
  latency_histogram counted;
  counted.add(-5ns);
  counted.add(std::chrono::hours(1000));
  EXPECT_EQ(counted.count(), 2U);
  EXPECT_EQ(counted.in_bucket(0), 1U);
  EXPECT_EQ(counted.in_bucket(latency_histogram::buckets - 1), 1U);
}

TEST(LatencyHistogram, QuantilesAreThoseOfTheValues) {
  latency_histogram counted;
  EXPECT_EQ(counted.quantile(0.5), 0ns);
  for (int i = 1; i <= 100; ++i) counted.add(std::chrono::milliseconds(i));
  EXPECT_EQ(counted.sum(), 5050ms);
  EXPECT_GE(counted.quantile(0.5), 50ms);
  EXPECT_LE(counted.quantile(0.5), 63ms);
  EXPECT_GE(counted.quantile(0.99), 99ms);
  EXPECT_LE(counted.quantile(0.99), 124ms);
  EXPECT_LE(counted.quantile(0), 2ms);
}

TEST(LatencyHistogram, BucketsLieSideBySide) {
  for (std::size_t i = 0; i + 1 < latency_histogram::buckets; ++i) {
    latency_histogram one;
    one.add(latency_histogram::end_of(i));
    EXPECT_EQ(one.in_bucket(i + 1), 1U) << i;
    latency_histogram before;
    before.add(latency_histogram::end_of(i) - 1ns);
    EXPECT_EQ(before.in_bucket(i), 1U) << i;
  }
}

}  // namespace
}  // namespace cbv
