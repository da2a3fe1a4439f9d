// The coroutine type of the whole project, and the short name of Boost.Asio.
//
// g++ 12 miscompiles some co_await expressions (tools/check/await.py lists them): name an argument
// first, then move it; no braces and no lambda inside the awaiting full-expression.
#ifndef CBV_ASYNC_AWAITABLE_HPP
#define CBV_ASYNC_AWAITABLE_HPP

#include <boost/asio/awaitable.hpp>

namespace cbv {

namespace asio = boost::asio;

template <class T>
using awaitable = asio::awaitable<T>;

}  // namespace cbv

#endif
