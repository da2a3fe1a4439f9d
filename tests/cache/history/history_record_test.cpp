#include "cache/history/history_record.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>

#include "cache/history/history_key.hpp"
#include "cache/history/history_state.hpp"
#include "cache/history/ranking_record.hpp"
#include "cache/records/fields.hpp"
#include "tests/cache/history/counted.hpp"
#include "tests/cache/sample.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using sample::noon;

const std::string key = history_key(span::day, noon);

TEST(HistoryRecordTest, EveryCellIsReadBack) {
  counters all;
  std::uint64_t next = 1;
  for_each_cell(all, [&next](cell_number, std::uint64_t& value) { value = next++; });
  all.sender.calls = std::numeric_limits<std::uint64_t>::max();
  const auto read = decode_history_record(key, encode_history_record(key, {all}));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->counted, all);
  EXPECT_TRUE(read->unknown.empty());
}

TEST(HistoryRecordTest, AnythingIsReadBack) {
  std::mt19937_64 random(20261121);
  for (int i = 0; i < 200; ++i) {
    const history_record held{sample::anything(random)};
    const auto read = decode_history_record(key, encode_history_record(key, held));
    ASSERT_TRUE(read);
    ASSERT_EQ(*read, held);
  }
}

TEST(HistoryRecordTest, IsShort) {
  EXPECT_EQ(encode_history_record(key, {}).size(), 6U);
  EXPECT_EQ(encode_history_record(key, {sample::calls(7)}).size(), 17U);
}

TEST(HistoryRecordTest, WhatANewerOneHasCountedStays) {
  history_record held{sample::calls(7)};
  held.unknown = {{3, 1}, {0x01ff, 20}, {0xffff, 300}};
  auto read = decode_history_record(key, encode_history_record(key, held));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, held);
  read->counted += sample::calls(1);
  const auto again = decode_history_record(key, encode_history_record(key, *read));
  ASSERT_TRUE(again);
  EXPECT_EQ(again->counted, sample::calls(8));
  EXPECT_EQ(again->unknown, held.unknown);
}

TEST(HistoryRecordTest, AFieldThatANewerOneHasAddedIsLeftAlone) {
  field_writer out(32);
  out.number(history_record_version);
  out.varint(1);
  out.varint(0x0200);  // recipients' calls
  out.varint(7);
  out.number(std::uint64_t{99});
  const auto read = decode_history_record(key, out.take_signed(key));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->counted.recipient.calls, 7U);
}

TEST(HistoryRecordTest, IsNotBelievedIfAnOctetIsChangedOrMissing) {
  const std::string good = encode_history_record(key, {sample::calls(300)});
  for (std::size_t at = 0; at < good.size(); ++at) {
    EXPECT_FALSE(decode_history_record(key, good.substr(0, at)));
    for (int bit = 0; bit < 8; ++bit) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      EXPECT_FALSE(decode_history_record(key, bad)) << at;
    }
  }
  EXPECT_FALSE(decode_history_record(history_key(span::hour, noon), good));
}

TEST(HistoryRecordTest, IsNotBelievedIfItsCellsMakeNoSense) {
  struct row {
    const char* what;
    std::vector<std::uint64_t> numbers;  // after the version
  };
  constexpr auto most = std::numeric_limits<std::uint64_t>::max();
  const std::vector<row> table{
      {"fewer than it says", {2, 0x100, 1}},    {"a cell of nothing", {1, 0x100, 0}},
      {"the same twice", {2, 0x100, 1, 0, 1}},  {"beyond the last number", {1, 0x10000, 1}},
      {"far beyond", {2, 0x100, 1, most, 1}},   {"no end", {most, 0x100, 1}},
      {"a number without a value", {1, 0x100}}, {"nothing at all", {}},
  };
  for (const auto& [what, numbers] : table) {
    field_writer out(32);
    out.number(history_record_version);
    for (const std::uint64_t number : numbers) out.varint(number);
    EXPECT_FALSE(decode_history_record(key, out.take_signed(key))) << what;
  }
  // Eleven octets for a number, and ten that are more than 64 bits.
  for (const std::string& octets :
       {std::string(10, '\xff') + '\x01', std::string(9, '\xff') + '\x02'}) {
    std::string body = std::string(1, '\x01') + octets;
    const std::uint32_t sum = checksum(key, body);
    for (int shift = 0; shift < 32; shift += 8) body.push_back(static_cast<char>(sum >> shift));
    EXPECT_FALSE(decode_history_record(key, body));
  }
}

TEST(RankingRecordTest, IsReadBack) {
  const rankings held{{{"spam.example", 300, 2}, {"other.example", 7, 0}},
                      {{"mx1.example.org", 1, 0}},
                      {{"192.0.2.1", 2, 1}, {"2001:db8::1", 2, 0}}};
  const auto read = decode_ranking_record(key, encode_ranking_record(key, held));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, held);
  EXPECT_EQ(*decode_ranking_record(key, encode_ranking_record(key, {})), rankings{});
}

TEST(RankingRecordTest, IsBounded) {
  rankings held;
  for (std::size_t i = 0; i < ranked_names_max + 5; ++i) {
    held.hosts.push_back({"h" + std::to_string(i), 1, 0});
  }
  held.domains.push_back({std::string(300, 'd'), 1, 0});
  const auto read = decode_ranking_record(key, encode_ranking_record(key, held));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->hosts.size(), ranked_names_max);
  EXPECT_EQ(read->domains.front().name, std::string(255, 'd'));
}

TEST(RankingRecordTest, IsNotBelievedIfItIsDamaged) {
  const std::string good = encode_ranking_record(key, {{{"spam.example", 300, 2}}, {}, {}});
  for (std::size_t at = 0; at < good.size(); ++at) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    EXPECT_FALSE(decode_ranking_record(key, bad)) << at;
    EXPECT_FALSE(decode_ranking_record(key, good.substr(0, at)));
  }
  EXPECT_FALSE(decode_ranking_record(key, encode_ranking_record(key, {{{"a", 1, 2}}, {}, {}})))
      << "an error above the count";
  EXPECT_FALSE(
      decode_ranking_record(key, encode_ranking_record(key, {{{"a", 1, 0}, {"b", 2, 0}}, {}, {}})))
      << "not in order";
}

TEST(HistoryStateTest, IsReadBack) {
  const history_state held{7, noon, {noon - 24h, noon - 48h}};
  const auto read = decode_history_state(encode_history_state(held));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, held);
  EXPECT_EQ(*decode_history_state(encode_history_state({})), history_state{});
  std::string bad = encode_history_state(held);
  bad[3] = static_cast<char>(bad[3] ^ 1);
  EXPECT_FALSE(decode_history_state(bad));
}

}  // namespace
}  // namespace cbv::cache
