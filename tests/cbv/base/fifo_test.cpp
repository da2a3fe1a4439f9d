#include "cbv/base/fifo.hpp"

#include <gmock/gmock.h>

#include <deque>
#include <memory>
#include <random>

namespace cbv {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;
using testing::IsEmpty;

TEST(FifoTest, GivesWhatCameFirst) {
  fifo<int> queue;
  for (const int number : {1, 2, 3}) queue.push_back(number);
  EXPECT_EQ(queue.front(), 1);
  EXPECT_EQ(queue[2], 3);
  queue.pop_front();
  EXPECT_EQ(queue.front(), 2);
  EXPECT_THAT(queue, ElementsAre(2, 3));
}

TEST(FifoTest, TakesBackWhatWasPopped) {
  fifo<int> queue;
  queue.push_front(3);
  queue.push_front(2);
  queue.push_back(4);
  queue.pop_front();
  queue.push_front(1);
  queue.push_front(0);
  EXPECT_THAT(queue, ElementsAre(0, 1, 3, 4));
}

TEST(FifoTest, RemovesTheUnwanted) {
  fifo<int> queue;
  for (int number = 0; number < 6; ++number) queue.push_back(number);
  queue.pop_front();
  queue.remove_if([](int number) { return number % 2 == 0; });
  EXPECT_THAT(queue, ElementsAre(1, 3, 5));
  queue.clear();
  EXPECT_THAT(queue, IsEmpty());
}

TEST(FifoTest, KeepsNothingThatWasPopped) {
  const auto one = std::make_shared<int>(1);
  fifo<std::shared_ptr<int>> queue;
  for (int i = 0; i < 8; ++i) queue.push_back(one);
  queue.pop_front();
  EXPECT_EQ(one.use_count(), 8);
}

TEST(FifoTest, DoesAsADequeDoes) {
  std::mt19937 chance(20261121);
  fifo<unsigned> queue;
  std::deque<unsigned> known;
  for (unsigned step = 0; step < 2'000; ++step) {
    const unsigned what = chance() % 8;
    if (what < 3) {
      queue.push_back(step);
      known.push_back(step);
    } else if (what == 3) {
      queue.push_front(step);
      known.push_front(step);
    } else if (!known.empty()) {
      ASSERT_EQ(queue.front(), known.front()) << "at step " << step;
      queue.pop_front();
      known.pop_front();
    }
    ASSERT_THAT(queue, ElementsAreArray(known)) << "at step " << step;
  }
}

}  // namespace
}  // namespace cbv
