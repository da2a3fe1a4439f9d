#include "api/tls_session.hpp"

#include <utility>

#include "cbv/async/deadline.hpp"
#include "cbv/net/tls_stream.hpp"

namespace cbv::api {

tls_session::tls_session(std::unique_ptr<net::stream> client, std::shared_ptr<net::tls_server> keys,
                         session_maker begin, timer& time, const asio::any_io_executor& executor)
    : client_(std::move(client)),
      keys_(std::move(keys)),
      begin_(std::move(begin)),
      time_(time),
      shaking_(executor) {}

awaitable<ending> tls_session::run() {
  if (!ended_) shaking_.spawn(shake_hands());
  co_await shaking_.wait_until_empty();
  if (!behind_) co_return ended_.value_or(ending::stopped);
  auto serving = behind_->run();
  co_return co_await std::move(serving);
}

void tls_session::stop() {
  if (behind_) return behind_->stop();
  abort(ending::stopped);
}

void tls_session::abort(ending why) {
  if (behind_) return behind_->abort(why);
  if (!ended_) ended_ = why;
  shaking_.cancel();
}

std::string tls_session::complaint() const {
  return behind_ ? behind_->complaint() : complaint_;
}

awaitable<void> tls_session::shake_hands() {
  auto shaking = net::accept_tls(std::move(client_), *keys_);
  const time_point until = time_.now() + tls_handshake_timeout;
  result<net::secured> made = co_await with_deadline(time_, until, std::move(shaking));
  if (ended_) co_return;
  if (!made) {
    ended_ = ending::client_too_slow;
    complaint_ = "tls: no handshake in time";
  } else if (!made->line) {
    ended_ = ending::not_understood;
    complaint_ = "tls: " + made->failure;
  } else {
    behind_ = begin_(std::move(made->line));
  }
}

}  // namespace cbv::api
