// What gives nothing, where with_deadline wants a result.
#ifndef CBV_ASYNC_AS_RESULT_HPP
#define CBV_ASYNC_AS_RESULT_HPP

#include <utility>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/result.hpp"

namespace cbv {

/// Runs `operation`; a result without error once it returns. Throws what it throws.
inline awaitable<result<void>> as_result(awaitable<void> operation) {
  co_await std::move(operation);
  co_return result<void>();
}

}  // namespace cbv

#endif
