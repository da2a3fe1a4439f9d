#include "cbv/dns/caching_resolver.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <functional>
#include <optional>
#include <utility>

#include "cbv/async/single_flight.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/dns/answer_memory.hpp"

namespace cbv::dns {
namespace {

// What a question to upstream came to, and how much time it had.
template <class Record>
struct landed {
  answer<Record> said;
  time_point deadline;
};

// All about one record type.
template <class Record>
struct shelf {
  explicit shelf(std::size_t entries_max) : memory(entries_max) {}

  answer_memory<Record> memory;
  single_flight<landed<Record>> questions;
};

template <class Record>
using question = awaitable<answer<Record>> (resolver::*)(std::string name, time_point deadline);

std::chrono::seconds lifetime(lookup_status status, std::chrono::seconds ttl,
                              const caching_options& options) {
  if (status == lookup_status::ok) {
    return std::min(std::max(ttl, options.ttl_min), options.ttl_max);
  }
  if (is_authoritative(status)) return std::min(ttl, options.negative_ttl_max);
  return options.trouble_ttl;
}

}  // namespace

struct caching_resolver::state {
  state(resolver& up, timer& clock, const caching_options& given, latency_histogram* into)
      : upstream(up),
        time(clock),
        options(given),
        counted(into),
        mx(given.entries_max),
        a(given.entries_max),
        aaaa(given.entries_max),
        txt(given.entries_max),
        ptr(given.entries_max) {}

  resolver& upstream;
  timer& time;
  caching_options options;
  latency_histogram* counted;
  caching_counts counts;
  bool closed = false;  // the resolver is gone, and upstream may be
  shelf<mx_record> mx;
  shelf<asio::ip::address_v4> a;
  shelf<asio::ip::address_v6> aaaa;
  shelf<text_data> txt;
  shelf<name_data> ptr;
};

namespace {

template <class Record, class State>
using shelf_of = shelf<Record> State::*;

// The one question to upstream. Touches upstream, and who counts, only while they are there.
template <class Record, class State>
awaitable<landed<Record>> ask(std::shared_ptr<State> shared, shelf_of<Record, State> where,
                              question<Record> how, std::string name, time_point deadline) {
  std::string copy = name;
  const time_point started = shared->time.now();
  awaitable<answer<Record>> asking = (shared->upstream.*how)(std::move(copy), deadline);
  answer<Record> said = co_await std::move(asking);
  const time_point now = shared->time.now();
  if (shared->counted != nullptr && !shared->closed) shared->counted->add(now - started);
  const std::chrono::seconds kept_for = lifetime(said.status, said.ttl, shared->options);
  const bool is_complete = is_authoritative(said.status) || now < deadline;
  if (is_complete && kept_for.count() > 0 && said.records.size() <= shared->options.records_max) {
    ((*shared).*where).memory.put(name, said, now + kept_for);
  }
  co_return landed<Record>{std::move(said), deadline};
}

// What memory has of `key`, which is in lower case.
template <class Record, class State>
std::optional<answer<Record>> recall(State& shared, shelf_of<Record, State> where,
                                     const std::string& key) {
  auto known = (shared.*where).memory.find(key, shared.time.now());
  if (known) ++shared.counts.kept;
  return known;
}

template <class Record, class State>
awaitable<answer<Record>> look_up(std::shared_ptr<State> shared, shelf_of<Record, State> where,
                                  question<Record> how, std::string name, time_point deadline) {
  answer<Record> too_late;
  too_late.status = lookup_status::timed_out;
  const std::string key = ascii::to_lower(name);
  while (!shared->closed) {
    std::optional<answer<Record>> known = recall<Record>(*shared, where, key);
    if (known) co_return *std::move(known);
    const time_point now = shared->time.now();
    if (deadline <= now) co_return too_late;
    auto& questions = ((*shared).*where).questions;
    ++(questions.is_in_flight(key) ? shared->counts.joined : shared->counts.asked);
    const time_point until = std::max(deadline, now + shared->options.patience);
    std::function<awaitable<landed<Record>>()> start = [shared, where, how, key, until] {
      return ask<Record>(shared, where, how, key, until);
    };
    std::string copy = key;
    auto joined = questions.run_until(shared->time, deadline, std::move(copy), std::move(start));
    std::optional<landed<Record>> end = co_await std::move(joined);
    if (!end) co_return too_late;
    // Joined to one who had less time than we have: ask once more.
    const bool was_cut_short =
        end->said.status == lookup_status::timed_out && end->deadline <= shared->time.now();
    if (!was_cut_short) co_return std::move(end->said);
  }
  throw boost::system::system_error(asio::error::operation_aborted);
}

}  // namespace

caching_resolver::caching_resolver(resolver& upstream, timer& time, const caching_options& options,
                                   latency_histogram* counted)
    : state_(std::make_shared<state>(upstream, time, options, counted)) {}

caching_resolver::~caching_resolver() {
  state_->closed = true;
  state_->mx.questions.cancel();
  state_->a.questions.cancel();
  state_->aaaa.questions.cancel();
  state_->txt.questions.cancel();
  state_->ptr.questions.cancel();
}

awaitable<answer<mx_record>> caching_resolver::mx(std::string name, time_point deadline) {
  return look_up<mx_record>(state_, &state::mx, &resolver::mx, std::move(name), deadline);
}

awaitable<answer<asio::ip::address_v4>> caching_resolver::a(std::string name, time_point deadline) {
  return look_up<asio::ip::address_v4>(state_, &state::a, &resolver::a, std::move(name), deadline);
}

awaitable<answer<asio::ip::address_v6>> caching_resolver::aaaa(std::string name,
                                                               time_point deadline) {
  return look_up<asio::ip::address_v6>(state_, &state::aaaa, &resolver::aaaa, std::move(name),
                                       deadline);
}

awaitable<answer<text_data>> caching_resolver::txt(std::string name, time_point deadline) {
  return look_up<text_data>(state_, &state::txt, &resolver::txt, std::move(name), deadline);
}

awaitable<answer<name_data>> caching_resolver::ptr(std::string name, time_point deadline) {
  return look_up<name_data>(state_, &state::ptr, &resolver::ptr, std::move(name), deadline);
}

std::optional<answer<asio::ip::address_v4>> caching_resolver::known_a(const std::string& name) {
  return recall<asio::ip::address_v4>(*state_, &state::a, ascii::to_lower(name));
}

std::optional<answer<asio::ip::address_v6>> caching_resolver::known_aaaa(const std::string& name) {
  return recall<asio::ip::address_v6>(*state_, &state::aaaa, ascii::to_lower(name));
}

void caching_resolver::change(const caching_options& options) {
  state_->options = options;
  state_->mx.memory.change(options.entries_max);
  state_->a.memory.change(options.entries_max);
  state_->aaaa.memory.change(options.entries_max);
  state_->txt.memory.change(options.entries_max);
  state_->ptr.memory.change(options.entries_max);
}

std::size_t caching_resolver::entries() const noexcept {
  return state_->mx.memory.size() + state_->a.memory.size() + state_->aaaa.memory.size() +
         state_->txt.memory.size() + state_->ptr.memory.size();
}

std::size_t caching_resolver::questions_open() const noexcept {
  return state_->mx.questions.in_flight() + state_->a.questions.in_flight() +
         state_->aaaa.questions.in_flight() + state_->txt.questions.in_flight() +
         state_->ptr.questions.in_flight();
}

caching_counts caching_resolver::counts() const noexcept {
  return state_->counts;
}

}  // namespace cbv::dns
