#include "cbv/async/as_result.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <stdexcept>

#include "cbv/async/deadline.hpp"
#include "tests/cbv/run.hpp"
#include "tests/sim/sim_timer.hpp"

namespace cbv {
namespace {

awaitable<void> note(bool& done) {
  done = true;
  co_return;
}

awaitable<void> fail() {
  throw std::logic_error("a bug");
  co_return;
}

TEST(AsResult, IsAResultWithoutErrorOnceItHasRun) {
  bool done = false;
  EXPECT_TRUE(run(as_result(note(done))));
  EXPECT_TRUE(done);
}

TEST(AsResult, ThrowsWhatItThrows) {
  EXPECT_THROW(run(as_result(fail())), std::logic_error);
}

TEST(AsResult, LetsADeadlineHoldForWhatGivesNothing) {
  sim::sim_timer time;
  asio::io_context io(1);
  const time_point now = time.now();
  std::optional<result<void>> got;
  asio::co_spawn(io,
                 with_deadline(time, now + std::chrono::seconds(1),
                               as_result(time.sleep_until(now + std::chrono::hours(1)))),
                 [&](const std::exception_ptr& thrown, result<void> ended) {
                   EXPECT_FALSE(thrown);
                   got = ended;
                 });
  sim::run_until(io, time, now + std::chrono::hours(2), [&] { return got.has_value(); });
  ASSERT_TRUE(got);
  EXPECT_EQ(got->error(), errc::timed_out);
  EXPECT_EQ(time.now(), now + std::chrono::seconds(1));
  EXPECT_EQ(time.sleepers(), 0U);
}

}  // namespace
}  // namespace cbv
