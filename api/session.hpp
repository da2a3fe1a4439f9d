// One client: carries the octets of a conversation over a stream, and its calls to the backend.
#ifndef CBV_API_SESSION_HPP
#define CBV_API_SESSION_HPP

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "api/access_rules.hpp"
#include "api/backend.hpp"
#include "api/caller.hpp"
#include "api/client_session.hpp"
#include "api/conversation.hpp"
#include "cbv/async/task_group.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/async/wakeup.hpp"
#include "cbv/base/log.hpp"
#include "cbv/net/stream.hpp"
#include "cbv/verdict/advice.hpp"

namespace cbv::api {

struct session_options {
  conversation_limits limits;
  std::size_t output_octets_max = 1'048'576;  // waiting to be sent: beyond it nothing more is read
  std::chrono::milliseconds idle_timeout{
      600'000};  // without a request, an answer under way or sent
  std::chrono::milliseconds write_timeout{30'000};  // for what is sent at once; at most twice that
  advice_options advice;
  access_rules rules;
};

/// Serves one client until it is done. Calls are answered as they finish; at the end of input those
/// in flight are still answered, then the connection is closed. Belongs to one thread, and to
/// whoever awaits run(); `behind`, `time` and `log` outlive it.
class session final : public client_session {
 public:
  session(std::unique_ptr<net::stream> client, backend& behind, timer& time,
          const session_options& options, const logger& log, const asio::any_io_executor& executor);

  awaitable<ending> run() override;
  void stop() override;
  void abort(ending why) override;
  using client_session::abort;
  std::string complaint() const override;

 private:
  awaitable<void> read_requests();
  awaitable<void> write_responses();
  awaitable<void> watch_the_time();
  void send_at_once();
  void touch() { last_active_ = time_.now(); }
  void end_as(ending why);

  std::unique_ptr<net::stream> client_;
  timer& time_;
  const session_options options_;
  conversation talk_;
  task_group reading_;
  task_group writing_;
  task_group watching_;
  wakeup output_changed_;
  bool output_ended_ = false;  // what is left to be sent is all there will be
  time_point last_active_;
  std::optional<time_point> writing_since_;
  std::optional<ending> ended_;
  caller calls_;
};

}  // namespace cbv::api

#endif
