// Carries the calls of a conversation to the backend, and what becomes of them back.
#ifndef CBV_API_CALLER_HPP
#define CBV_API_CALLER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "api/backend.hpp"
#include "api/conversation.hpp"
#include "cbv/async/gate.hpp"
#include "cbv/async/task_group.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/log.hpp"
#include "cbv/verdict/advice.hpp"

namespace cbv::api {

/// Each call is answered or refused, once, unless it is cancelled; a question in its time, whatever
/// the backend does. Belongs to one thread; all that
/// it is given by reference outlives it. Destroyed only when no call is under way, or when its
/// executor will run nothing more.
class caller {
 public:
  /// `answered` is called after each answer that took its time.
  caller(conversation& talk, backend& behind, timer& time, const advice_options& advice,
         const logger& log, const asio::any_io_executor& executor, std::function<void()> answered);

  /// What a conversation tries first: writes the result of a question that needs no waiting.
  bool answer_at_once(const query& asked, std::string& result);

  void start(ticketed_call made);

  /// What is under way need not be answered any more.
  void cancel();

  /// Returns when no call is under way. Throws only when cancelled; the calls go on.
  awaitable<void> wait_until_empty() { return asking_.wait_until_empty(); }

 private:
  awaitable<void> verify(std::uint64_t ticket, query asked, time_point until);
  awaitable<void> tell_stats(std::uint64_t ticket, history_question asked);
  awaitable<void> tell_health(std::uint64_t ticket);
  awaitable<void> check(std::uint64_t ticket, envelope::question asked, time_point until);
  awaitable<void> look_after_cache(std::uint64_t ticket, cache_call asked);
  awaitable<void> reload(std::uint64_t ticket);
  advice given(const query& asked, const verdict& found);
  void answer_failed(std::uint64_t ticket, std::string_view why);

  conversation& talk_;
  backend& behind_;
  timer& time_;
  const advice_options& advice_;
  const logger& log_;
  const std::function<void()> answered_;
  task_group asking_;
  gate looking_back_{1};
  bool cancelled_ = false;
};

}  // namespace cbv::api

#endif
