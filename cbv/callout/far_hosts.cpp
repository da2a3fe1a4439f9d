#include "cbv/callout/far_hosts.hpp"

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "cbv/async/as_result.hpp"
#include "cbv/async/deadline.hpp"
#include "cbv/async/wakeup.hpp"
#include "cbv/net/ip_network.hpp"

namespace cbv::callout {
namespace {

constexpr std::size_t hosts_min = 64;

// For a table: not to be read, for text takes long to make.
void append_key(std::string& key, const net::peer& where) {
  const auto append = [&key](const auto& octets) { key.append(octets.begin(), octets.end()); };
  if (where.is_local()) {
    key += " unix ";
    append(where.path);
    return;
  }
  const auto& address = where.at.address;
  if (address.is_v4()) {
    key += " v4 ";
    append(address.to_v4().to_bytes());
  } else {
    key += " v6 ";
    append(address.to_v6().to_bytes());
    key += std::to_string(address.to_v6().scope_id()) + ' ';
  }
  key += static_cast<char>(where.at.port >> 8U);
  key += static_cast<char>(where.at.port & 0xffU);
}

// The names by which an address is reached do not count.
std::string key_of(const manner& how, const net::peer& where) {
  std::string key = how.name;
  append_key(key, where);
  return key;
}

policy::attempt attempt_at(const std::string& host, const net::peer& where,
                           smtp::probe_outcome outcome) {
  return policy::attempt{host, where.host(), std::move(outcome)};
}

/// Marks a question as given up when its asker goes.
class asker {
 public:
  explicit asker(shared_question one) : one_(std::move(one)) {}
  asker(const asker&) = delete;
  asker& operator=(const asker&) = delete;
  ~asker() { one_->given_up = true; }

 private:
  shared_question one_;
};

}  // namespace

/// A host that is being dialled, and the questions that wait for it.
struct far_hosts::opening {
  std::string host_name;
  std::vector<std::shared_ptr<far_host>> addresses;
  std::size_t waiting_max = 0;
  fifo<shared_question> waiting;
};

/// The connections that are being made to one host.
struct far_hosts::race {
  race(const asio::any_io_executor& on, const opening& wanted)
      : host_name(wanted.host_name),
        counted_for(wanted.waiting.front()->counted_for.side),
        addresses(wanted.addresses),
        changed(on),
        runners(on) {}

  std::string host_name;
  role counted_for;
  std::vector<std::shared_ptr<far_host>> addresses;
  std::vector<std::pair<std::size_t, error_code>> lost;  // which, and why
  std::optional<std::size_t> winner;
  std::unique_ptr<net::stream> line;
  std::size_t running = 0;
  std::size_t changes = 0;
  wakeup changed;
  task_group runners;

  awaitable<void> change(std::size_t seen) {
    while (changes == seen) co_await changed.wait();
  }
  void ended() {
    --running;
    ++changes;
    changed.notify();
  }
};

far_hosts::far_hosts(const asio::any_io_executor& executor, timer& time, net::dialer& network,
                     net::tls_client& tls, far_hosts_options options,
                     std::function<bool(const smtp::probe_outcome&)> is_about_us, tally& counted,
                     host_memory* memory)
    : with_{executor,
            time,
            network,
            tls,
            options.sessions,
            options.resting_max,
            std::move(is_about_us),
            counted,
            memory,
            census_},
      race_delay_(options.race_delay),
      resting_(options.resting_max),
      tasks_(executor) {}

void far_hosts::change(const far_hosts_options& options) {
  with_.sessions = options.sessions;
  with_.resting_max = options.resting_max;
  race_delay_ = options.race_delay;
  resting_.change(options.resting_max);
}

awaitable<host_answer> far_hosts::ask(std::shared_ptr<const manner> how, host_to_ask host,
                                      smtp::inquiry about, time_point deadline,
                                      std::shared_ptr<smtp::transcript> heard, errand_of whose) {
  auto one = std::make_shared<question>(std::move(about), host.name, std::move(heard), whose);
  const asker here(one);
  place(how, host, one);
  const bool is_done = co_await one->done.wait_until(with_.time, deadline);
  if (is_done) co_return std::move(one->answer);

  // Which of them has it is not written down, for it moves; but it is one of these.
  for (const net::peer& where : host.addresses) {
    const auto at = find(*how, where);
    const auto reached = at ? at->progress_of(*one) : std::nullopt;
    if (!reached) continue;
    smtp::probe_outcome late;
    late.end = smtp::probe_end::timed_out;
    late.at = reached->at;
    late.first_of_connection = reached->first_of_connection;
    late.detail = "no answer within the time of the callout";
    one->end_with(attempt_at(one->host_name, where, std::move(late)));
    break;
  }
  one->hold_back("our own limits left no time to ask " + one->host_name);  // if none has it
  co_return std::move(one->answer);
}

// Gives a question to a host that is in use, to one that is being dialled, or has one dialled.
void far_hosts::place(const std::shared_ptr<const manner>& how, const host_to_ask& host,
                      const shared_question& one) {
  if (stopping_) return one->hold_back("stopping");
  std::string key = how->name + ' ' + host.name;
  for (const net::peer& where : host.addresses) append_key(key, where);
  if (const auto dialled = openings_.find(key); dialled != openings_.end()) {
    opening& wanted = *dialled->second;
    for (const auto& address : wanted.addresses) address->follow(how);
    if (wanted.waiting.size() >= wanted.waiting_max) {
      return one->hold_back("too many wait for " + host.name);
    }
    return wanted.waiting.push_back(one);
  }
  for (const net::peer& where : host.addresses) {
    const auto found = find(*how, where);
    if (!found) continue;
    found->follow(how);
    if (found->is_in_use(host.name)) return found->ask(one);
  }
  auto wanted = std::make_shared<opening>();
  wanted->host_name = host.name;
  wanted->waiting_max = how->limits.waiting_max;
  wanted->waiting.push_back(one);
  for (const net::peer& where : host.addresses) wanted->addresses.push_back(at(how, where));
  openings_.emplace(key, wanted);
  tasks_.spawn(open(std::move(key), std::move(wanted)));
}

awaitable<void> far_hosts::open(std::string key, shared_opening wanted) {
  host_answer met;
  const auto heard = wanted->waiting.front()->heard;
  auto in = std::make_shared<race>(with_.executor, *wanted);
  std::exception_ptr cut_short;
  try {
    auto running = run(in, *wanted, met);
    co_await std::move(running);
  } catch (...) {
    cut_short = std::current_exception();
  }
  in->runners.cancel();
  openings_.erase(key);
  if (!cut_short) {
    hand_over(*in, *wanted, std::move(met), heard);
  } else {
    for (const shared_question& one : wanted->waiting) one->hold_back("stopped while connecting");
    if (in->winner) in->addresses[*in->winner]->not_reached(in->host_name, std::nullopt);
  }
  // The race outlives its runners, also when this is cancelled.
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await in->runners.wait_until_empty();
  if (cut_short) std::rethrow_exception(cut_short);
}

awaitable<void> far_hosts::run(std::shared_ptr<race> in, opening& wanted, host_answer& met) {
  const auto heard = wanted.waiting.front()->heard;
  std::size_t next = 0;
  time_point next_start = with_.time.now();
  while (!in->winner && (next < in->addresses.size() || in->running > 0)) {
    const bool may_start =
        next < in->addresses.size() && (in->running == 0 || with_.time.now() >= next_start);
    if (may_start) {
      far_host& candidate = *in->addresses[next++];
      if (auto in_the_way = candidate.reserve(in->host_name)) {
        if (in_the_way->outcome) {
          met.attempts.push_back(
              attempt_at(wanted.host_name, candidate.where(), *std::move(in_the_way->outcome)));
        } else {
          met.held_back = true;
          met.why = std::move(in_the_way->why);
        }
        continue;
      }
      if (heard) note(heard, "connecting to " + to_string(candidate.where()));
      ++in->running;
      next_start = with_.time.now() + race_delay_;
      in->runners.spawn(connect(in, next - 1));
      continue;
    }
    auto changing = in->change(in->changes);
    if (next < in->addresses.size()) {
      auto changed = as_result(std::move(changing));
      co_await with_deadline(with_.time, next_start, std::move(changed));
    } else {
      co_await std::move(changing);
    }
  }
}

// What came of the race, to those who wait for it.
void far_hosts::hand_over(race& in, opening& wanted, host_answer met,
                          const std::shared_ptr<smtp::transcript>& heard) {
  for (const auto& [number, why] : in.lost) {
    const far_host& lost = *in.addresses[number];
    smtp::probe_outcome outcome;
    outcome.detail = why == errc::timed_out ? "no connection in time" : why.message();
    note(heard, to_string(lost.where()) + ": " + outcome.detail);
    met.attempts.push_back(attempt_at(wanted.host_name, lost.where(), std::move(outcome)));
  }
  bool is_first = true;
  for (const shared_question& one : wanted.waiting) {
    if (one->done.is_set()) continue;
    one->answer.attempts = met.attempts;
    if (!std::exchange(is_first, false)) {
      for (policy::attempt& made : one->answer.attempts) made.outcome.first_of_connection = false;
    }
    if (in.winner) continue;
    one->answer.held_back = met.held_back;
    one->answer.why = met.why;
    one->end();
  }
  if (!in.winner) return;
  note(heard, "connected");
  far_host& winner = *in.addresses[*in.winner];
  if (stopping_) return winner.not_reached(in.host_name, std::nullopt);
  winner.reached(in.host_name, in.counted_for, std::move(in.line), std::move(wanted.waiting));
}

void far_hosts::note(const std::shared_ptr<smtp::transcript>& heard, std::string_view text) const {
  if (heard) heard->note(with_.time.now(), text);
}

awaitable<void> far_hosts::connect(std::shared_ptr<race> in, std::size_t number) {
  far_host& to = *in->addresses[number];
  std::optional<error_code> why;
  try {
    const time_point until = with_.time.now() + with_.sessions.limits.connect;
    auto connecting = net::connect(with_.network, to.where());
    auto line = co_await with_deadline(with_.time, until, std::move(connecting));
    role_counters& counted = with_.counted.sums.of(in->counted_for);
    ++(line ? counted.sessions : counted.bad_connects);
    if (line && !in->winner) {
      in->winner = number;
      in->line = *std::move(line);
    } else if (!line) {
      why = line.error();
      in->lost.emplace_back(number, *why);
    }
  } catch (...) {
    to.not_reached(in->host_name, std::nullopt);
    in->ended();
    throw;
  }
  if (in->winner != number) to.not_reached(in->host_name, why);
  in->ended();
}

std::shared_ptr<far_host> far_hosts::find(const manner& how, const net::peer& where) const {
  const auto found = hosts_.find(key_of(how, where));
  return found == hosts_.end() ? nullptr : found->second;
}

std::shared_ptr<far_host> far_hosts::at(const std::shared_ptr<const manner>& how,
                                        const net::peer& where) {
  if (hosts_.size() >= swept_at_) {
    const time_point now = with_.time.now();
    std::erase_if(hosts_, [now](const auto& entry) {
      return entry.second.use_count() == 1 && entry.second->is_unused(now);
    });
    swept_at_ = std::max(hosts_min, 2 * hosts_.size());
  }
  auto& found = hosts_[key_of(*how, where)];
  if (!found) found = std::make_shared<far_host>(with_, tasks_, resting_, how, where);
  found->follow(how);
  return found;
}

void far_hosts::forget(const asio::ip::address& of) {
  const asio::ip::address plain = net::unmapped(of);
  if (with_.memory != nullptr) with_.memory->forget(plain);
  for (const auto& [key, host] : hosts_) {
    const net::peer& where = host->where();
    if (!where.is_local() && net::unmapped(where.at.address) == plain) host->forget_troubles();
  }
}

void far_hosts::drop_forgotten_troubles() {
  for (const auto& [key, host] : hosts_) host->drop_forgotten_troubles();
}

awaitable<void> far_hosts::stop(time_point deadline) {
  stopping_ = true;
  for (const auto& [key, host] : hosts_) host->stop();
  for (const auto& [key, dialled] : openings_) {
    for (const shared_question& one : dialled->waiting) one->hold_back("stopping");
  }
  auto emptying = tasks_.wait_until_empty();
  auto emptied = as_result(std::move(emptying));
  const auto in_time = co_await with_deadline(with_.time, deadline, std::move(emptied));
  if (!in_time) tasks_.cancel();
  co_await tasks_.wait_until_empty();
}

}  // namespace cbv::callout
