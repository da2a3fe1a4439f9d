#include "cbv/dns/answer_memory.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cbv::dns {
namespace {

using namespace std::chrono_literals;

const time_point start{1000h};

answer<mx_record> one_mx(const std::string& exchange) {
  return {lookup_status::ok, {mx_record{10, exchange}}, 300s};
}

TEST(AnswerMemoryTest, GivesWhatItKeepsWithTheTimeThatIsLeft) {
  answer_memory<mx_record> memory(10);
  memory.put("a", one_mx("x"), start + 300s);
  const auto found = memory.find("a", start + 100s + 1ms);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->records, one_mx("x").records);
  EXPECT_EQ(found->ttl, 199s);
  EXPECT_FALSE(memory.find("b", start));
}

TEST(AnswerMemoryTest, ForgetsAtTheEndOfTheTime) {
  answer_memory<mx_record> memory(10);
  memory.put("a", one_mx("x"), start + 300s);
  EXPECT_TRUE(memory.find("a", start + 300s - 1ms));
  EXPECT_FALSE(memory.find("a", start + 300s));
  EXPECT_EQ(memory.size(), 0U);
}

TEST(AnswerMemoryTest, PutsTheNewInPlaceOfTheOld) {
  answer_memory<mx_record> memory(10);
  memory.put("a", one_mx("x"), start + 300s);
  memory.put("a", one_mx("y"), start + 100s);
  EXPECT_EQ(memory.size(), 1U);
  EXPECT_EQ(memory.find("a", start)->records[0].exchange, "y");
  EXPECT_FALSE(memory.find("a", start + 200s));
}

TEST(AnswerMemoryTest, GivesTroublesNoTimeToLive) {
  answer_memory<mx_record> memory(10);
  memory.put("a", {lookup_status::server_failure, {}, 0s}, start + 5s);
  EXPECT_EQ(memory.find("a", start)->ttl, 0s);
}

TEST(AnswerMemoryTest, LetsTheLeastRecentlyUsedGo) {
  answer_memory<mx_record> memory(3);
  memory.put("a", one_mx("x"), start + 300s);
  memory.put("b", one_mx("x"), start + 300s);
  memory.put("c", one_mx("x"), start + 300s);
  EXPECT_TRUE(memory.find("a", start));
  memory.put("d", one_mx("x"), start + 300s);
  EXPECT_EQ(memory.size(), 3U);
  EXPECT_TRUE(memory.find("a", start));
  EXPECT_FALSE(memory.find("b", start));
  EXPECT_TRUE(memory.find("c", start));
  EXPECT_TRUE(memory.find("d", start));
}

TEST(AnswerMemoryTest, KeepsNothingIfThereIsNoRoom) {
  answer_memory<mx_record> memory(0);
  memory.put("a", one_mx("x"), start + 300s);
  EXPECT_EQ(memory.size(), 0U);
}

TEST(AnswerMemoryTest, MadeSmallerItKeepsWhatWasUsedLast) {
  answer_memory<mx_record> memory(3);
  for (const auto* name : {"a", "b", "c"}) memory.put(name, one_mx("x"), start + 300s);
  EXPECT_TRUE(memory.find("a", start));
  memory.change(1);
  EXPECT_EQ(memory.size(), 1U);
  EXPECT_TRUE(memory.find("a", start));
  memory.put("d", one_mx("x"), start + 300s);
  EXPECT_EQ(memory.size(), 1U);
  memory.change(2);
  memory.put("e", one_mx("x"), start + 300s);
  EXPECT_EQ(memory.size(), 2U);
}

}  // namespace
}  // namespace cbv::dns
