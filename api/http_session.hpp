// One client of HTTP: carries its requests and their answers over a stream.
#ifndef CBV_API_HTTP_SESSION_HPP
#define CBV_API_HTTP_SESSION_HPP

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "api/access_rules.hpp"
#include "api/backend.hpp"
#include "api/caller.hpp"
#include "api/client_session.hpp"
#include "api/conversation.hpp"
#include "api/http_pages.hpp"
#include "api/http_reader.hpp"
#include "cbv/address/name_pattern.hpp"
#include "cbv/async/task_group.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/log.hpp"
#include "cbv/net/stream.hpp"
#include "cbv/verdict/advice.hpp"

namespace cbv::api {

struct http_session_options {
  http_limits limits;
  std::chrono::milliseconds idle_timeout{60'000};     // between two requests
  std::chrono::milliseconds request_timeout{30'000};  // from its first octet to its last
  std::chrono::milliseconds write_timeout{30'000};    // for an answer
  conversation_limits calls;                          // of one POST, whatever its body_octets_max
  advice_options advice;
  access_rules rules;
  name_list hosts;  // that this server is called by, besides its addresses and localhost
  bool takes_any_host = false;  // behind TLS: the client has compared the name
};

/// Serves one client: requests are answered one after the other, in their order. `behind`, `time`
/// and `log` outlive it.
class http_session final : public client_session {
 public:
  http_session(std::unique_ptr<net::stream> client, backend& behind, timer& time,
               const http_session_options& options, const logger& log,
               const asio::any_io_executor& executor);

  awaitable<ending> run() override;
  void stop() override;
  void abort(ending why) override;
  using client_session::abort;
  std::string complaint() const override { return complaint_; }

 private:
  awaitable<void> take_turns();
  awaitable<void> await_more();
  awaitable<result<void>> read_more();
  awaitable<void> answer(http_request asked);
  std::variant<http_page, http_answer> page_of(const http_request& asked);
  awaitable<http_answer> answer_calls(std::string body);
  awaitable<http_answer> answer_stats(std::string query);
  awaitable<void> give(http_answer given, http_request to);
  awaitable<void> give_last(http_answer given);
  awaitable<void> write(std::string bytes);
  awaitable<result<void>> read_away();
  void end_as(ending why);

  std::unique_ptr<net::stream> client_;
  backend& behind_;
  timer& time_;
  const http_session_options options_;
  http_reader reader_;
  conversation talk_;  // of the POST that is being answered
  task_group working_;
  bool reading_ = false;
  bool told_to_continue_ = false;
  time_point idle_since_;
  std::optional<time_point> request_since_;
  std::optional<ending> ended_;
  std::string complaint_;
  caller calls_;
};

/// What one client too many is told.
inline constexpr std::string_view http_turned_away =
    "HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nContent-Length: 0\r\n"
    "Connection: close\r\n\r\n";

}  // namespace cbv::api

#endif
