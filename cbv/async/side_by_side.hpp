// Several coroutines at once.
#ifndef CBV_ASYNC_SIDE_BY_SIDE_HPP
#define CBV_ASYNC_SIDE_BY_SIDE_HPP

#include <vector>

#include "cbv/async/awaitable.hpp"

namespace cbv {

/// Runs all of `parts` and returns when they have ended. When one throws, the others are cancelled,
/// and what it threw is thrown once they have ended. A cancelled caller cancels them all and sees
/// asio::error::operation_aborted thrown. The parts must honour cancellation.
awaitable<void> side_by_side(std::vector<awaitable<void>> parts);

}  // namespace cbv

#endif
