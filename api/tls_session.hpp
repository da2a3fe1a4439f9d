// One client behind TLS: shakes hands, then is served like any other.
#ifndef CBV_API_TLS_SESSION_HPP
#define CBV_API_TLS_SESSION_HPP

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "api/client_session.hpp"
#include "cbv/async/task_group.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/net/stream.hpp"
#include "cbv/net/tls_server.hpp"

namespace cbv::api {

/// Makes the session of a new client.
using session_maker = std::function<std::unique_ptr<client_session>(std::unique_ptr<net::stream>)>;

inline constexpr std::chrono::milliseconds tls_handshake_timeout{10'000};

/// `time` and what `begin` refers to outlive it.
class tls_session final : public client_session {
 public:
  /// `keys` are shared with whoever makes sessions, until the next certificate takes their place.
  tls_session(std::unique_ptr<net::stream> client, std::shared_ptr<net::tls_server> keys,
              session_maker begin, timer& time, const asio::any_io_executor& executor);

  awaitable<ending> run() override;
  void stop() override;
  void abort(ending why) override;
  using client_session::abort;
  std::string complaint() const override;

 private:
  awaitable<void> shake_hands();

  std::unique_ptr<net::stream> client_;  // until the handshake has it
  std::shared_ptr<net::tls_server> keys_;
  session_maker begin_;
  timer& time_;
  task_group shaking_;
  std::unique_ptr<client_session> behind_;  // once hands are shaken
  std::optional<ending> ended_;             // before that
  std::string complaint_;
};

}  // namespace cbv::api

#endif
