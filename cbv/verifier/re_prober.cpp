#include "cbv/verifier/re_prober.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "cbv/async/deadline.hpp"
#include "cbv/verifier/subject.hpp"

namespace cbv {

re_prober::re_prober(asio::any_io_executor executor, timer& time, booking_book& book,
                     const logger& log, re_probe_options options, callout_maker call_out)
    : executor_(std::move(executor)),
      time_(time),
      book_(book),
      log_(log),
      options_(std::move(options)),
      call_out_(std::move(call_out)),
      changed_(executor_) {
  take_up(book_.booked());
}

void re_prober::take_up(std::vector<booking> brought) {
  std::unordered_map<std::string, std::pair<role, mailbox>> unwanted;
  for (const booking& one : brought) {
    unwanted.try_emplace(question_key(one.role, one.address), one.role, one.address);
  }
  for (resumed_booking& one : resume(std::move(brought), options_, time_.wall_now())) {
    const std::string key = question_key(one.held.role, one.held.address);
    unwanted.erase(key);
    const auto [known, is_new] = entries_.try_emplace(key, entry{one.held, due_.end()});
    if (!is_new && known->second.place == due_.end()) {
      book_.book(known->second.held);  // its re-probe is under way: that one knows better
      continue;
    }
    known->second.held = std::move(one.held);
    schedule(key, known->second, one.wait);
  }
  for (const auto& [key, whose] : unwanted) {
    const auto known = entries_.find(key);
    if (known == entries_.end()) {
      book_.cancel(whose.first, whose.second);
    } else if (known->second.place == due_.end()) {
      book_.book(known->second.held);
    } else {
      drop(known);
    }
  }
}

void re_prober::change(re_probe_options options) {
  options_ = std::move(options);
  wake_up();
}

void re_prober::note(role side, const mailbox& about, const verdict& made,
                     std::optional<std::chrono::seconds> retry_after) {
  const std::string key = question_key(side, about);
  const auto known = entries_.find(key);
  const bool is_booked = known != entries_.end();
  switch (re_probe_need_after(made)) {
    case re_probe_need::unanswered:
      return;  // one that is under way is settled when it has ended
    case re_probe_need::none:
      if (is_booked) drop(known);
      return;
    case re_probe_need::again:
      break;
  }
  const std::uint8_t tries = is_booked ? known->second.held.tries : std::uint8_t{0};
  const auto wait = re_probe_wait(options_, tries, retry_after);
  if (wait) {
    keep(key, booking{side, about, time_.wall_now() + *wait, tries}, *wait);
  } else if (is_booked) {
    give_up(known);
  }
}

void re_prober::keep(const std::string& key, booking held, std::chrono::milliseconds wait) {
  if (!book_.book(held)) {
    return log_full(held.role, held.address);
  }
  const auto [known, is_new] = entries_.try_emplace(key, entry{held, due_.end()});
  known->second.held = std::move(held);
  schedule(key, known->second, wait);
}

void re_prober::schedule(const std::string& key, entry& of, std::chrono::milliseconds wait) {
  if (of.place != due_.end()) due_.erase(of.place);
  of.place = due_.emplace(time_.now() + wait, key);
  wake_up();
}

void re_prober::drop(entries::iterator which) {
  const entry& gone = which->second;
  book_.cancel(gone.held.role, gone.held.address);
  if (gone.place != due_.end()) due_.erase(gone.place);
  entries_.erase(which);
  wake_up();
}

std::size_t re_prober::cancel(const std::function<bool(role side, const mailbox& about)>& doomed) {
  std::size_t cancelled = 0;
  for (auto next = entries_.begin(); next != entries_.end();) {
    const auto one = next++;
    if (!doomed(one->second.held.role, one->second.held.address)) continue;
    drop(one);
    ++cancelled;
  }
  return cancelled;
}

void re_prober::give_up(entries::iterator which) {
  log_.write(severity::info, "re_probes_given_up",
             {{"role", to_string(which->second.held.role)},
              {"mailbox", to_string(which->second.held.address)},
              {"tries", which->second.held.tries}});
  drop(which);
}

/// The next one's turn: moved on as if it would bring nothing, then begun.
void re_prober::begin_next() {
  const auto first = due_.begin();
  const std::string key = first->second;
  entry& mine = entries_.at(key);
  due_.erase(first);
  mine.place = due_.end();
  if (mine.held.tries < std::numeric_limits<std::uint8_t>::max()) ++mine.held.tries;
  const auto wait = re_probe_wait(options_, mine.held.tries, std::nullopt);
  mine.held.due = time_.wall_now() + wait.value_or(options_.hint_most);
  book_.book(mine.held);
  ++under_way_;
  asio::co_spawn(executor_, re_probe(key, mine.held.role, mine.held.address),
                 [this](const std::exception_ptr&) {
                   --under_way_;
                   wake_up();
                 });
}

awaitable<void> re_prober::re_probe(std::string key, role side, mailbox about) {
  try {
    auto asked = call_out_(side, std::move(about));
    co_await std::move(asked);
  } catch (...) {  // said where it was thrown; the booking is settled all the same
  }
  settle(key);
}

/// A re-probe has ended, and no callout has noted anything of it.
void re_prober::settle(const std::string& key) {
  const auto known = entries_.find(key);
  if (known == entries_.end() || known->second.place != due_.end() || stopping_) return;
  const auto wait = re_probe_wait(options_, known->second.held.tries, std::nullopt);
  if (wait) {
    schedule(key, known->second, *wait);
  } else {
    give_up(known);
  }
}

void re_prober::log_full(role side, const mailbox& about) {
  if (time_.now() < next_full_line_) return;
  next_full_line_ = time_.now() + std::chrono::minutes(1);
  log_.write(
      severity::warning, "re_probe_not_booked",
      {{"role", to_string(side)}, {"mailbox", to_string(about)}, {"booked", entries_.size()}});
}

void re_prober::stop() {
  stopping_ = true;
  wake_up();
}

awaitable<void> re_prober::ended() {
  while (running_ || under_way_ > 0) co_await changed_.wait();
}

void re_prober::wake_up() {
  ++changes_;
  changed_.notify();
  if (running_ || stopping_ || due_.empty()) return;
  running_ = true;
  asio::co_spawn(executor_, run(), [this](const std::exception_ptr& thrown) {
    if (!thrown) return;  // and *this may be gone
    running_ = false;
    asleep_ = false;
    log_.write(severity::error, "re_prober_failed");
    changed_.notify();
  });
}

awaitable<void> re_prober::run() {
  while (!stopping_ && !due_.empty()) {
    if (under_way_ >= options_.at_once) {
      co_await changed_.wait();
      continue;
    }
    const time_point next = due_.begin()->first;
    if (time_.now() >= next) {
      begin_next();
      continue;
    }
    asleep_ = true;
    auto change = changed_since(changes_);
    co_await with_deadline(time_, next, std::move(change));
    asleep_ = false;
  }
  running_ = false;
  changed_.notify();
}

// It begins a little later than it is made, and misses nothing in between.
awaitable<result<void>> re_prober::changed_since(std::uint64_t seen) {
  while (changes_ == seen) co_await changed_.wait();
  co_return result<void>{};
}

}  // namespace cbv
