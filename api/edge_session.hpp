// One MTA's connection: carries the octets of its protocol over a stream, and its questions to the
// backend.
#ifndef CBV_API_EDGE_SESSION_HPP
#define CBV_API_EDGE_SESSION_HPP

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "api/backend.hpp"
#include "api/client_session.hpp"
#include "api/edge_protocol.hpp"
#include "cbv/async/task_group.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/log.hpp"
#include "cbv/net/stream.hpp"
#include "cbv/verdict/advice.hpp"

namespace cbv::api {

struct edge_session_options {
  std::chrono::milliseconds wait{20'000};  // for an answer; less than the client's patience
  std::chrono::milliseconds idle_timeout{3'600'000};  // without a whole request
  std::chrono::milliseconds write_timeout{30'000};    // for a reply
  advice_options advice;
};

/// Serves one client: a request, its reply, the next request. What a sender was found to be is kept
/// while requests speak of the same message. A client that is not understood is closed without a
/// word, and so is one whose question fails where its protocol has no word for that. `behind`,
/// `time` and `log` outlive it.
class edge_session final : public client_session {
 public:
  edge_session(std::unique_ptr<net::stream> client, std::unique_ptr<edge_protocol> spoken,
               backend& behind, timer& time, const edge_session_options& options, const logger& log,
               const asio::any_io_executor& executor);

  awaitable<ending> run() override;
  void stop() override;
  void abort(ending why) override;
  using client_session::abort;
  std::string complaint() const override { return complaint_; }

 private:
  struct opinion {
    advice given;
    action meant = action::accept;  // what `given` were if it were not only observed
    bool may_change = false;        // soon: the callout goes on
    bool is_undeliverable = false;
  };
  struct known_sender {
    std::string instance;
    std::string address;
    advice given;
    action meant = action::accept;
  };

  awaitable<void> take_turns();
  awaitable<void> watch_the_time();
  awaitable<void> reply_to(edge_request asked);
  awaitable<std::string> reply_of(edge_request asked);
  awaitable<std::string> reply_of_envelope(envelope::question asked);
  awaitable<result<void>> judge(envelope::question asked, std::optional<advice>& given);
  awaitable<result<void>> ask_both(const edge_request& asked, std::optional<opinion>& sender,
                                   std::optional<opinion>& recipient);
  awaitable<void> ask(query asked, std::optional<opinion>& found);
  std::optional<opinion> known(const query& asked) const;
  opinion opinion_of(const query& asked, const verdict& found) const;
  action meant_by(const query& asked, const verdict& found, const advice& given) const;
  void note(const query& asked, const verdict& found, const opinion& made) const;
  const advice& decide(const edge_request& asked, const opinion* sender, const opinion* recipient);
  void end_as(ending why);

  std::unique_ptr<net::stream> client_;
  std::unique_ptr<edge_protocol> spoken_;
  backend& behind_;
  timer& time_;
  const edge_session_options options_;
  const logger& log_;
  task_group working_;
  task_group watching_;
  bool reading_ = false;
  bool aborted_ = false;
  time_point idle_since_;
  std::optional<known_sender> known_sender_;
  std::optional<ending> ended_;
  std::string complaint_;
};

}  // namespace cbv::api

#endif
