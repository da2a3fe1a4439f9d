// Coroutines that run beside their owner, and are gone before it is.
#ifndef CBV_ASYNC_TASK_GROUP_HPP
#define CBV_ASYNC_TASK_GROUP_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <cstddef>
#include <list>
#include <memory>

#include "cbv/async/awaitable.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/async/wakeup.hpp"

namespace cbv {

/// Runs tasks on its executor, can cancel them, and tells when they have ended. Belongs to one
/// thread. Destroyed only when it is empty, or when its executor will run nothing more.
class task_group {
 public:
  explicit task_group(const asio::any_io_executor& executor)
      : executor_(executor), ended_(executor) {}
  task_group(const task_group&) = delete;
  task_group& operator=(const task_group&) = delete;

  /// Starts a task, which may run up to its first wait before this returns. When it is cancelled it
  /// may end by throwing; anything else it throws is thrown out of the executor's run(), for it is
  /// a bug.
  void spawn(awaitable<void> task);

  /// The same; if it has not ended by `deadline`, which lies ahead, it is cancelled then. Takes
  /// less memory than with_deadline() in the task. `time` outlives the group.
  void spawn_until(timer& time, time_point deadline, awaitable<void> task);

  /// Cancels the tasks that run now. They end soon after, not at once.
  void cancel();

  std::size_t size() const noexcept { return running_.size(); }

  /// Returns when no task runs. Throws only when cancelled; the tasks go on.
  awaitable<void> wait_until_empty();

 private:
  asio::any_io_executor executor_;
  struct running {
    asio::cancellation_signal stop;
    std::unique_ptr<alarm> at_deadline;
  };

  void start(std::list<running>::iterator mine, awaitable<void> task);

  std::list<running> running_;
  wakeup ended_;
};

}  // namespace cbv

#endif
