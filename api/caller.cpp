#include "api/caller.hpp"

#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "api/given_counts.hpp"
#include "api/judgement_writer.hpp"
#include "api/protocol.hpp"
#include "api/stats_call.hpp"
#include "api/stats_desk.hpp"

namespace cbv::api {
namespace {

// The backend answers in time of itself. Should it not, the client still has an answer.
constexpr std::chrono::seconds backend_grace{1};

// Of answers, when more statistics are asked for.
constexpr std::size_t waiting_octets_max = 1'048'576;

}  // namespace

caller::caller(conversation& talk, backend& behind, timer& time, const advice_options& advice,
               const logger& log, const asio::any_io_executor& executor,
               std::function<void()> answered)
    : talk_(talk),
      behind_(behind),
      time_(time),
      advice_(advice),
      log_(log),
      answered_(std::move(answered)),
      asking_(executor) {}

// What fails here fails again in verify(), which says so.
bool caller::answer_at_once(const query& asked, std::string& result) {
  try {
    const std::optional<verdict> known = behind_.verify_at_once(asked);
    if (!known) return false;
    write_verdict(result, asked.address, *known, given(asked, *known));
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void caller::start(ticketed_call made) {
  switch (made.call.method) {
    case method::verify_sender:
    case method::verify_recipient: {
      const time_point until = time_.now() + made.call.asked.wait + backend_grace;
      auto verifying = verify(made.ticket, std::move(made.call.asked), until);
      return asking_.spawn_until(time_, until, std::move(verifying));
    }
    case method::check: {
      const time_point until = time_.now() + made.call.of_envelope.wait + backend_grace;
      auto checking = check(made.ticket, std::move(made.call.of_envelope), until);
      return asking_.spawn_until(time_, until, std::move(checking));
    }
    case method::stats:
      return asking_.spawn(tell_stats(made.ticket, made.call.of_past));
    case method::health:
      return asking_.spawn(tell_health(made.ticket));
    case method::version:
      return talk_.answer(made.ticket, render_version());
    case method::reload:
      return asking_.spawn(reload(made.ticket));
    default:
      return asking_.spawn(look_after_cache(made.ticket, std::move(made.call.of_cache)));
  }
}

void caller::cancel() {
  cancelled_ = true;
  asking_.cancel();
}

// The advice, counted.
advice caller::given(const query& asked, const verdict& found) {
  advice made = advise(found, asked.role, advice_);
  tally& counted = behind_.tallied();
  count_advice(asked.role, made.action, counted);
  if (found.status == status::undeliverable) counted.note_misdeed_of(asked.client_ip);
  return made;
}

// Cancelled at `until`, if not before.
awaitable<void> caller::verify(std::uint64_t ticket, query asked, time_point until) {
  try {
    query question = asked;
    const verdict found = co_await behind_.verify(std::move(question));
    talk_.answer(ticket, render_verdict(asked.address, found, given(asked, found)));
  } catch (const std::exception& failed) {
    answer_failed(ticket, time_.now() < until ? failed.what() : "not answered in time");
  }
  answered_();
}

// Answers are long: one is made after the other, and none while those before it wait to be read.
awaitable<void> caller::tell_stats(std::uint64_t ticket, history_question asked) {
  try {
    const auto turn = co_await looking_back_.enter();
    if (talk_.waiting_octets() > waiting_octets_max) {
      talk_.refuse(ticket, {fault_code::too_many_requests, "too much of stats in one go"});
      answered_();
      co_return;
    }
    auto looking = look_back(behind_, asked, time_);
    const looked_back found = co_await std::move(looking);
    if (found.refused.empty()) {
      talk_.answer(ticket, found.result);
    } else {
      talk_.refuse(ticket, fault_of(found.refused));
    }
  } catch (const std::exception& failed) {
    answer_failed(ticket, failed.what());
  }
  answered_();
}

awaitable<void> caller::tell_health(std::uint64_t ticket) {
  try {
    const health_facts found = co_await behind_.health();
    talk_.answer(ticket, render_health(found));
  } catch (const std::exception& failed) {
    answer_failed(ticket, failed.what());
  }
  answered_();
}

// Likewise.
awaitable<void> caller::check(std::uint64_t ticket, envelope::question asked, time_point until) {
  const std::string sender = asked.about.sender;
  const std::string recipient = asked.about.recipient;
  const std::string client = client_of(asked.about);
  try {
    const envelope::judgement made = co_await behind_.check(std::move(asked));
    count_judgement(made, client, behind_.tallied());
    talk_.answer(ticket, render_judgement(made, sender, recipient, advice_));
  } catch (const std::exception& failed) {
    answer_failed(ticket, time_.now() < until ? failed.what() : "not answered in time");
  }
  answered_();
}

awaitable<void> caller::look_after_cache(std::uint64_t ticket, cache_call asked) {
  try {
    const cache_answer found = co_await behind_.look_after_cache(std::move(asked));
    if (const auto* done = std::get_if<std::string>(&found)) {
      talk_.answer(ticket, *done);
    } else {
      talk_.refuse(ticket, std::get<fault>(found));
    }
  } catch (const std::exception& failed) {
    answer_failed(ticket, failed.what());
  }
  answered_();
}

awaitable<void> caller::reload(std::uint64_t ticket) {
  try {
    const reload_report made = co_await behind_.reload();
    if (made.wrong.empty()) {
      talk_.answer(ticket, render_reloaded(made));
    } else {
      talk_.refuse(ticket, fault_of(made));
    }
  } catch (const std::exception& failed) {
    answer_failed(ticket, failed.what());
  }
  answered_();
}

// Cancelled by us, the answer goes nowhere. Otherwise it is a bug, or memory is short; the client
// must not wait in vain for it.
void caller::answer_failed(std::uint64_t ticket, std::string_view why) {
  if (!cancelled_) log_.write(severity::error, "call_failed", {{"error", why}});
  talk_.refuse(ticket, fault{fault_code::internal_error, {}});
}

}  // namespace cbv::api
