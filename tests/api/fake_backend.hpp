// A backend whose answers a test sets, and that takes as long as it is told.
#ifndef CBV_TESTS_API_FAKE_BACKEND_HPP
#define CBV_TESTS_API_FAKE_BACKEND_HPP

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "api/backend.hpp"
#include "cbv/async/timer.hpp"

namespace cbv::api {

/// "N@..." is answered after N milliseconds, "throw@..." with an exception, all else at once.
class fake_backend final : public backend {
 public:
  explicit fake_backend(timer& time) : time_(time) {}

  /// "known@..." is known, and nothing else.
  std::optional<verdict> verify_at_once(const query& asked) override {
    if (!asked.address.starts_with("known@")) return std::nullopt;
    if (fails) throw std::runtime_error("a bug");
    known_questions.push_back(asked);
    verdict found;
    found.status = status::deliverable;
    found.reason = reason::accepted;
    found.stage = stage::rcpt;
    found.source = source::cache;
    return found;
  }

  awaitable<verdict> verify(query asked) override {
    questions.push_back(asked);
    if (fails || asked.address.starts_with("throw@")) throw std::runtime_error("a bug");
    const int delay = std::atoi(asked.address.c_str());
    struct running {
      std::size_t& count;
      ~running() { --count; }
    } const one{++in_flight};
    if (delay > 0) co_await time_.sleep_until(time_.now() + std::chrono::milliseconds(delay));
    const auto known = verdicts.find(asked.address);
    if (known != verdicts.end()) co_return known->second;
    verdict found;
    found.status = status::deliverable;
    found.reason = reason::accepted;
    found.stage = stage::rcpt;
    found.source = source::callout;
    co_return found;
  }

  /// As verify() does for its recipient.
  awaitable<envelope::judgement> check(envelope::question asked) override {
    envelopes.push_back(asked);
    const std::string& address = asked.about.recipient;
    if (fails || address.starts_with("throw@")) throw std::runtime_error("a bug");
    struct running {
      std::size_t& count;
      ~running() { --count; }
    } const one{++in_flight};
    const std::chrono::milliseconds delay(std::atoi(address.c_str()));
    if (delay.count() > 0) co_await time_.sleep_until(time_.now() + delay);
    co_return judgement;
  }

  awaitable<cache_answer> look_after_cache(cache_call asked) override {
    of_cache.push_back(asked);
    co_return cache_says;
  }

  awaitable<reload_report> reload() override {
    ++reloads;
    co_return reloaded;
  }

  awaitable<history_answer> look_back(history_question asked) override {
    periods_asked.push_back(asked);
    co_return past;
  }

  tally& tallied() noexcept override { return given; }
  awaitable<counters> count() override { co_return counted; }
  awaitable<health_facts> health() override { co_return facts; }

  std::map<std::string, verdict> verdicts;
  std::vector<query> questions;        // those that waited
  std::vector<query> known_questions;  // those that did not
  std::vector<envelope::question> envelopes;
  envelope::judgement judgement;
  std::vector<cache_call> of_cache;
  cache_answer cache_says = "{}";
  reload_report reloaded;
  std::size_t reloads = 0;
  std::size_t in_flight = 0;
  bool fails = false;  // with an exception, whatever is asked
  counters counted;
  tally given;  // what is counted by those who ask it
  history_answer past;
  std::vector<history_question> periods_asked;
  health_facts facts;

 private:
  timer& time_;
};

}  // namespace cbv::api

#endif
