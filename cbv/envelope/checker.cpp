#include "cbv/envelope/checker.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cbv/address/mailbox.hpp"
#include "cbv/async/event.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/envelope/wording.hpp"

namespace cbv::envelope {
namespace {

std::vector<step> in_order(std::vector<step> steps) {
  std::sort(steps.begin(), steps.end(),
            [](const step& a, const step& b) { return a.which < b.which; });
  return steps;
}

std::vector<order::term> terms_of(const std::vector<step>& steps) {
  std::vector<order::term> terms{{check::skips, start::at_once}};
  for (const step& one : steps) terms.push_back(order::term{one.which, one.when});
  return terms;
}

std::chrono::milliseconds whole(time_point::duration span) {
  return std::chrono::floor<std::chrono::milliseconds>(span);
}

bool is_passing(const std::optional<verdict>& found) {
  return found && (found->reason == reason::pending || found->reason == reason::busy);
}

}  // namespace

checks::paths paths_of(const question& asked) {
  checks::paths parsed;
  if (asked.is_sender_whole) {
    if (auto path = parse_reverse_path(asked.about.sender)) parsed.sender = *std::move(path);
  }
  if (asked.is_recipient_whole) {
    if (auto path = parse_forward_path(asked.about.recipient)) parsed.recipient = *std::move(path);
  }
  return parsed;
}

// One envelope under way. Shared with its look-ups, those that were cancelled included, until the
// last of them has ended.
class checker::trial : public std::enable_shared_from_this<trial> {
 public:
  trial(timer& time, const logger& log, std::shared_ptr<const terms> by, question asked)
      : time_(time),
        log_(log),
        by_(std::move(by)),
        due_(terms_of(by_->steps)),
        started_(time.now()),
        until_(started_ + asked.wait) {
    seen_.paths = paths_of(asked);
    seen_.spared = exemptions_of(asked.about, seen_.paths, by_->options.skips);
    look_ups_until_ =
        started_ + std::min<time_point::duration>(by_->options.look_up_time, asked.wait / 2);
    seen_.asked = std::move(asked);
  }

  awaitable<void> run() {
    try {
      auto making = make_all();
      co_await std::move(making);
    } catch (...) {  // cancelled, or memory is short: those who wait for the DNS need not any more
      news_.reset();
      for (auto& one : stops_) one.emit(asio::cancellation_type::terminal);
      throw;
    }
  }

  judgement told(std::string id) const;

  void tell_afterwards(const judgement& made) const {
    for (const step& one : by_->steps) {
      if (one.afterwards) one.afterwards(seen_, made);
    }
  }

 private:
  // Of one check.
  struct account {
    time_point began{};
    time_point ended{};
    checks::finding found;
  };

  awaitable<void> make_all();
  bool is_made_at_once(check which);
  void begin_look_up(const step& by, const asio::any_io_executor& on);
  static awaitable<void> ask(std::shared_ptr<trial> mine, const step& by, time_point until);
  void note(check which, step_result made);
  void note_failed(check which, const std::exception_ptr& thrown);
  void give_up_look_ups();
  void cancel_needless();
  const step& step_of(check which) const;

  timer& time_;
  const logger& log_;
  const std::shared_ptr<const terms> by_;
  situation seen_;
  std::optional<verdict> sender_;
  order due_;
  const time_point started_;
  const time_point until_;
  time_point look_ups_until_;
  std::array<account, checks_count> accounts_{};
  std::array<asio::cancellation_signal, checks_count> stops_;
  std::optional<event> news_;  // a look-up has been noted; there while someone waits for that
  bool was_late_ = false;
};

awaitable<void> checker::trial::make_all() {
  const asio::any_io_executor on = co_await asio::this_coro::executor;
  while (!due_.is_over()) {
    for (const check which : due_.take_ready()) {
      if (!due_.is_needed(which) || is_made_at_once(which)) continue;
      const step& by = step_of(which);
      if (by.when == start::side_by_side) {
        begin_look_up(by, on);
      } else {
        auto asking = ask(shared_from_this(), by, until_);
        co_await std::move(asking);
      }
    }
    cancel_needless();
    if (due_.awaited().empty()) continue;
    const bool is_in_time = co_await news_.emplace().wait_until(time_, look_ups_until_);
    news_.reset();
    if (!is_in_time) give_up_look_ups();
    cancel_needless();
  }
}

bool checker::trial::is_made_at_once(check which) {
  accounts_.at(index_of(which)).began = time_.now();
  if (which == check::skips) {
    note(which, step_result{seen_.spared.found()});
    return true;
  }
  if (seen_.spared.has(which)) {
    note(which, step_result{{checks::outcome::skip, std::string(seen_.spared.why(which))}});
    return true;
  }
  const step& by = step_of(which);
  if (!by.at_once) return false;
  try {
    note(which, by.at_once(seen_));
  } catch (const std::exception&) {
    note_failed(which, std::current_exception());
  }
  return true;
}

void checker::trial::begin_look_up(const step& by, const asio::any_io_executor& on) {
  auto self = shared_from_this();
  const auto stop = stops_.at(index_of(by.which)).slot();
  auto asking = ask(self, by, look_ups_until_);
  // The handler keeps us, and with us the signal, until the look-up has ended.
  auto ended = [self = std::move(self)](const std::exception_ptr&) {};
  asio::co_spawn(on, std::move(asking), asio::bind_cancellation_slot(stop, std::move(ended)));
}

awaitable<void> checker::trial::ask(std::shared_ptr<trial> mine, const step& by, time_point until) {
  const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
  try {
    auto asking = by.ask(mine->seen_, until);
    step_result made = co_await std::move(asking);
    mine->note(by.which, std::move(made));
  } catch (const std::exception&) {
    if (cancellation.cancelled() != asio::cancellation_type::none) throw;
    mine->note_failed(by.which, std::current_exception());
  }
}

void checker::trial::note(check which, step_result made) {
  if (!due_.is_open(which)) return;
  account& mine = accounts_.at(index_of(which));
  mine.ended = time_.now();
  mine.found = std::move(made.found);
  // Promise 1, whatever a step thinks: only what was proved is refused.
  const auto& decision = mine.found.decision;
  if (decision && decision->action == action::reject &&
      mine.found.outcome != checks::outcome::fail) {
    mine.found.decision.reset();
  }
  if (made.spares_the_rest) seen_.spared.add_of_a_list();
  if (made.spf) seen_.spf = made.spf;
  if (which == check::recipient) seen_.recipient = std::move(made.about);
  if (which == check::sender_callback) sender_ = std::move(made.about);
  due_.note(which, mine.found.decision.has_value());
  if (news_) news_->set();
}

void checker::trial::note_failed(check which, const std::exception_ptr& thrown) {
  std::string what = "not a std::exception";
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& error) {
    what = error.what();
  } catch (...) {  // said above
  }
  log_.write(severity::error, "check_failed", {{"check", to_string(which)}, {"error", what}});
  note(which, step_result{checks::not_known("our own failure: " + ascii::printable(what))});
}

void checker::trial::give_up_look_ups() {
  for (const check which : due_.awaited()) {
    was_late_ = true;
    note(which, step_result{checks::not_known("no answer within the time for look-ups")});
    stops_.at(index_of(which)).emit(asio::cancellation_type::terminal);
  }
}

void checker::trial::cancel_needless() {
  for (const check which : due_.take_needless())
    stops_.at(index_of(which)).emit(asio::cancellation_type::terminal);
}

const step& checker::trial::step_of(check which) const {
  return *std::find_if(by_->steps.begin(), by_->steps.end(),
                       [which](const step& one) { return one.which == which; });
}

judgement checker::trial::told(std::string id) const {
  judgement all;
  all.id = std::move(id);
  all.decided_by = due_.decided();
  all.meant = all.decided_by ? *accounts_.at(index_of(*all.decided_by)).found.decision : accepted();
  carry_id(all.meant, all.id, by_->options.id_in_text);
  all.given = by_->options.observe ? accepted() : all.meant;
  for (const check which : all_checks()) {
    if (!due_.counts(which)) continue;
    const account& of = accounts_.at(index_of(which));
    all.made.push_back(
        check_made{which, of.found.outcome, of.found.evidence, whole(of.ended - of.began)});
  }
  all.sender = sender_;
  all.recipient = seen_.recipient;
  all.is_pending = was_late_ || is_passing(all.sender) || is_passing(all.recipient);
  all.elapsed = whole(time_.now() - started_);
  return all;
}

checker::checker(timer& time, decision_ids& ids, const logger& log, checker_options options,
                 std::vector<step> steps)
    : time_(time), ids_(ids), log_(log) {
  change(std::move(options), std::move(steps));
}

void checker::change(checker_options options, std::vector<step> steps) {
  terms_ = std::make_shared<const terms>(terms{std::move(options), in_order(std::move(steps))});
}

awaitable<judgement> checker::judge(question asked) {
  const auto one = std::make_shared<trial>(time_, log_, terms_, std::move(asked));
  auto running = one->run();
  co_await std::move(running);
  judgement made = one->told(ids_.take(time_.wall_now()));
  one->tell_afterwards(made);
  co_return made;
}

}  // namespace cbv::envelope
