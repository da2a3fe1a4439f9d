#include "cache/shelf/write_queue.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using steady = write_queue::steady;

/// As the writer takes it: "key=octets key=octets".
std::string text_of(const std::vector<queued_record>& group) {
  std::string text;
  for (const auto& [key, octets] : group) {
    if (!text.empty()) text += ' ';
    text.append(key).append("=").append(octets);
  }
  return text;
}

write_queue_options at_once(std::size_t group = 1000, std::size_t most = 65536) {
  return {0ms, group, most};
}

std::string take(write_queue& queue) {
  return text_of(queue.take(steady::now()));
}

const error_code trouble = make_error_code(boost::system::errc::no_space_on_device);

TEST(WriteQueueTest, FindsWhatIsQueuedUntilItIsCommitted) {
  write_queue queue(at_once());
  EXPECT_EQ(queue.find("a"), std::nullopt);
  EXPECT_TRUE(queue.put("a", "1"));
  EXPECT_EQ(queue.find("a"), "1");
  EXPECT_EQ(queue.find("b"), std::nullopt);
  EXPECT_EQ(take(queue), "a=1");
  EXPECT_EQ(queue.find("a"), "1");
  queue.settle({});
  EXPECT_EQ(queue.find("a"), std::nullopt);
  EXPECT_EQ(queue.size(), 0u);
}

TEST(WriteQueueTest, GivesGroupsInTheOrderTheyCame) {
  write_queue queue(at_once(2));
  for (const char* key : {"c", "a", "b"}) queue.put(key, "1");
  EXPECT_EQ(take(queue), "c=1 a=1");
  queue.settle({});
  EXPECT_EQ(take(queue), "b=1");
  queue.settle({});
  EXPECT_EQ(take(queue), "");
  queue.settle({});
}

TEST(WriteQueueTest, KeepsTheLatestOfAKey) {
  write_queue queue(at_once());
  queue.put("a", "1");
  queue.put("b", "1");
  queue.put("a", "2");
  EXPECT_EQ(queue.size(), 2u);
  EXPECT_EQ(take(queue), "a=2 b=1");
  queue.settle({});
}

TEST(WriteQueueTest, WritesAgainWhatWasPutWhileItsOlderSelfWasInHand) {
  write_queue queue(at_once());
  queue.put("a", "1");
  EXPECT_EQ(take(queue), "a=1");
  queue.put("a", "2");
  EXPECT_EQ(queue.find("a"), "2");
  queue.settle({});
  EXPECT_EQ(queue.find("a"), "2");
  EXPECT_EQ(take(queue), "a=2");
  queue.settle({});
  EXPECT_EQ(queue.find("a"), std::nullopt);
  EXPECT_EQ(queue.size(), 0u);
}

TEST(WriteQueueTest, KeepsEverythingAfterAFailureTheLatestOnce) {
  write_queue queue(at_once(2));
  queue.put("a", "1");
  queue.put("b", "1");
  EXPECT_EQ(take(queue), "a=1 b=1");
  queue.put("a", "2");  // has a second place now
  queue.settle(trouble);
  EXPECT_EQ(queue.find("a"), "2");
  EXPECT_EQ(queue.find("b"), "1");
  EXPECT_EQ(take(queue), "a=2 b=1");
  queue.put("a", "3");  // and a third
  queue.settle({});
  EXPECT_EQ(queue.find("a"), "3");
  EXPECT_EQ(take(queue), "a=3");
  queue.settle({});
  EXPECT_EQ(queue.find("a"), std::nullopt);
  EXPECT_EQ(queue.size(), 0u);
  EXPECT_EQ(take(queue), "");
}

TEST(WriteQueueTest, TakesNoMoreThanItsBoundButReplacesAlways) {
  write_queue queue(at_once(1000, 2));
  EXPECT_TRUE(queue.put("a", "1"));
  EXPECT_TRUE(queue.put("b", "1"));
  EXPECT_FALSE(queue.put("c", "1"));
  EXPECT_TRUE(queue.put("a", "2"));
  EXPECT_EQ(queue.find("c"), std::nullopt);
  EXPECT_EQ(take(queue), "a=2 b=1");
  EXPECT_FALSE(queue.put("a", "3"));
  EXPECT_EQ(queue.find("a"), "2");
  queue.settle({});
  EXPECT_TRUE(queue.put("c", "1"));
}

TEST(WriteQueueTest, WaitsForCompanyButNotWhenAGroupIsFull) {
  write_queue queue({24h, 3, 100});
  std::string taken;
  std::thread writer([&] {
    taken = text_of(queue.take(steady::now() + 24h));
    queue.settle({});
  });
  for (const char* key : {"a", "b", "c"}) queue.put(key, "1");
  writer.join();
  EXPECT_EQ(taken, "a=1 b=1 c=1");
}

TEST(WriteQueueTest, FlushWaitsForTheCommitAndNotForCompany) {
  write_queue queue({24h, 1000, 100});
  EXPECT_TRUE(queue.flush());
  queue.put("a", "1");
  std::atomic<bool> committed{false};
  std::thread writer([&] {
    while (queue.size() > 0) {
      queue.take(steady::now() + 24h);
      committed = true;
      queue.settle({});
    }
  });
  EXPECT_TRUE(queue.flush());
  EXPECT_TRUE(committed);
  writer.join();
}

TEST(WriteQueueTest, FlushTellsAFailure) {
  write_queue queue({24h, 1000, 100});
  queue.put("a", "1");
  std::thread writer([&] {
    std::vector<queued_record> group;
    while (group.empty()) group = queue.take(steady::now() + 24h);
    queue.settle(trouble);
  });
  const auto flushed = queue.flush();
  writer.join();
  ASSERT_FALSE(flushed);
  EXPECT_EQ(flushed.error(), trouble);
  EXPECT_EQ(queue.find("a"), "1");
}

TEST(WriteQueueTest, TellsWhatOfAllThatWasPutIsCommitted) {
  write_queue queue({0ms, 2, 100});
  for (const char* key : {"a", "b", "c"}) queue.put(key, "1");
  EXPECT_EQ(queue.progress().put, 3U);
  queue.take(steady::now());
  queue.put("a", "2");  // the writer has the first one in hand
  queue.put("c", "2");  // in place of the one that waits
  EXPECT_EQ(queue.progress().put, 4U);
  EXPECT_EQ(queue.progress().committed, 0U);
  queue.settle(trouble);
  EXPECT_EQ(queue.progress().committed, 0U);
  for (const std::uint64_t committed : {2U, 4U}) {
    queue.take(steady::now());
    queue.settle({});
    EXPECT_EQ(queue.progress().committed, committed);
  }
  EXPECT_EQ(queue.progress().put, 4U);
}

TEST(WriteQueueTest, StopWakesTheWriter) {
  write_queue queue({24h, 1000, 100});
  queue.put("a", "1");
  std::string taken;
  std::thread writer([&] {
    while (!queue.is_stopping()) queue.pause(24h);
    taken = text_of(queue.take(steady::now() + 24h));
    queue.settle({});
    queue.take(steady::now() + 24h);
    queue.settle({});
  });
  queue.stop();
  writer.join();
  EXPECT_EQ(taken, "a=1");
}

}  // namespace
}  // namespace cbv::cache
