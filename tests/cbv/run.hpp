// Runs a coroutine to its end on an io_context of its own.
#ifndef CBV_TESTS_CBV_RUN_HPP
#define CBV_TESTS_CBV_RUN_HPP

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

#include "cbv/async/awaitable.hpp"

namespace cbv {

/// What `work` returned; what it threw is thrown. All else that was started on `context` has ended
/// by then, too.
template <class T>
T run(asio::io_context& context, awaitable<T> work) {
  std::exception_ptr thrown;
  using held = std::conditional_t<std::is_void_v<T>, bool, T>;
  std::optional<held> value;
  bool ended = false;
  if constexpr (std::is_void_v<T>) {
    asio::co_spawn(context, std::move(work), [&](const std::exception_ptr& e) {
      thrown = e;
      ended = true;
    });
  } else {
    asio::co_spawn(context, std::move(work), [&](const std::exception_ptr& e, T result) {
      thrown = e;
      ended = true;
      if (!e) value.emplace(std::move(result));
    });
  }
  context.restart();
  context.run();
  if (thrown) std::rethrow_exception(thrown);
  if (!ended) throw std::logic_error("the coroutine hangs: nothing is left to wait for");
  if constexpr (!std::is_void_v<T>) return std::move(*value);
}

template <class T>
T run(awaitable<T> work) {
  asio::io_context context(1);
  return run(context, std::move(work));
}

}  // namespace cbv

#endif
