#include "cbv/verifier/verifier.hpp"

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cbv/async/deadline.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/callout/count.hpp"
#include "cbv/verifier/subject.hpp"

namespace cbv {
namespace {

std::chrono::milliseconds wait_of(const query& asked) {
  return std::clamp(asked.wait, std::chrono::milliseconds(0), longest_wait);
}

verdict busy(std::string detail) {
  return undecided(reason::busy, stage::policy, source::policy, std::move(detail));
}

}  // namespace

verifier::verifier(asio::any_io_executor executor, timer& time, callout::callout& callouts,
                   verdict_store& memory, const logger& log, tally& counted,
                   verifier_options options, booking_book* bookings)
    : executor_(std::move(executor)),
      time_(time),
      callouts_(callouts),
      memory_(memory),
      log_(log),
      counted_(counted),
      options_(std::move(options)),
      joe_job_(options_.joe_job),
      listing_(callouts_.options().listing),
      gate_(options_.callouts_max, options_.waiting_callouts_max) {
  if (bookings == nullptr) return;
  re_probes_.emplace(executor_, time_, *bookings, log_, options_.re_probes,
                     [this](role side, mailbox about) { return re_probe(side, std::move(about)); });
}

void verifier::change(verifier_options options) {
  options_ = std::move(options);
  joe_job_.change(options_.joe_job);
  listing_.change_options(callouts_.options().listing);
  gate_.change(options_.callouts_max, options_.waiting_callouts_max);
  if (re_probes_) re_probes_->change(options_.re_probes);
}

std::optional<verdict> verifier::verify_at_once(const query& asked) {
  const time_point started = time_.now();
  boost::system::result<mailbox, verdict> subject = subject_of(asked, options_.known.own_senders);
  const std::string_view about = domain_of(subject);
  std::optional<verdict> given;
  call_way way = &role_counters::local;
  if (!subject) {
    given = std::move(subject).error();
  } else if (auto listed = look_up(asked, *subject, options_.known)) {
    given = std::move(listed);
  } else if (!asked.fresh) {
    given = known(asked, *subject);
    way = &role_counters::cached;
  }
  if (!given) return std::nullopt;
  finish(*given, asked, about, started, way);
  return given;
}

awaitable<verdict> verifier::verify(query asked) {
  const time_point started = time_.now();
  const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
  std::optional<verdict> given;
  call_way way = &role_counters::asked;
  std::optional<mailbox> about;
  try {
    given = answer_at_once(asked, about, way);
    if (!given) {
      std::string key = question_key(asked.role, *about);
      way = flights_.is_in_flight(key) ? &role_counters::joined : &role_counters::asked;
      auto answering =
          answer_of_callout(std::move(key), asked.role, *about, started + wait_of(asked));
      given = co_await std::move(answering);
    }
  } catch (...) {
    if (cancellation.cancelled() != asio::cancellation_type::none) throw;
    given = failed("question_failed", asked.role, asked.address, std::current_exception());
  }
  const std::string_view domain = about ? about->domain().text() : std::string_view();
  finish(*given, asked, domain, started, way);
  co_return *std::move(given);
}

void verifier::finish(verdict& given, const query& asked, std::string_view about,
                      time_point started, call_way way) {
  given.backup_mx = given.status == status::unknown && is_backed_up(asked);
  finish_answer(given, asked.role, about, started, time_, way, counted_);
}

// Whatever needs no callout. Nothing, and the mailbox: one is needed.
std::optional<verdict> verifier::answer_at_once(const query& asked, std::optional<mailbox>& about,
                                                call_way& way) {
  boost::system::result<mailbox, verdict> subject = subject_of(asked, options_.known.own_senders);
  if (!subject) {
    way = &role_counters::local;
    return subject.error();
  }
  about = *std::move(subject);
  if (auto listed = look_up(asked, *about, options_.known)) {
    way = &role_counters::local;
    return listed;
  }
  if (!asked.fresh) {
    if (std::optional<verdict> given = known(asked, *about)) {
      way = &role_counters::cached;
      return given;
    }
  }
  if (asked.cached_only) return not_asked("nothing is remembered, and no callout was wanted");
  if (!may_call_out(asked)) {
    return not_asked("nothing is remembered, and an envelope check calls no sender back");
  }
  if (auto held = restraint(asked, *about)) return not_asked(*std::move(held));
  return std::nullopt;
}

// From memory; what is due for it is refreshed behind.
std::optional<verdict> verifier::known(const query& asked, const mailbox& about) {
  std::optional<remembered> found = recall(asked.role, about);
  if (!found) return std::nullopt;
  if (found->refresh_due && may_call_out(asked)) refresh_behind(asked.role, about);
  return std::move(found->verdict);
}

awaitable<verdict> verifier::answer_of_callout(std::string key, role side, mailbox about,
                                               time_point until) {
  auto start = call_out_later(begun_by::question, side, std::move(about));
  auto joined = flights_.run_until(time_, until, std::move(key), std::move(start));
  std::optional<verdict> made = co_await std::move(joined);
  if (made) co_return *std::move(made);
  co_return undecided(reason::pending, stage::rcpt, source::callout,
                      "no answer within the time of the question; the callout goes on");
}

bool verifier::may_call_out(const query& asked) const noexcept {
  if (asked.cached_only) return false;
  return asked.by_name || asked.role == role::recipient || options_.callbacks_in_check;
}

// By the routes as they are now, also where the answer is remembered from before.
bool verifier::is_backed_up(const query& asked) const {
  const callout::routes& table = callouts_.options().routes;
  if (asked.role != role::recipient || table.empty()) return false;
  const auto about = parse_mailbox(asked.address);
  const callout::route* by = about ? table.find(about->domain()) : nullptr;
  return by != nullptr && by->backup_mx;
}

// Why a stranger is not called back now. Asked only where a callout would start.
std::optional<std::string> verifier::restraint(const query& asked, const mailbox& about) {
  if (asked.role != role::sender || flights_.is_in_flight(question_key(asked.role, about))) {
    return std::nullopt;
  }
  if (!joe_job_.admits(about.domain(), asked.client_ip, time_.now())) {
    return "many clients send as this domain: it is not called back for each of them";
  }
  if (!listing_.admits(time_.now())) {
    return "call-backs pause: hosts everywhere refuse us, as if our address were on a list";
  }
  return std::nullopt;
}

std::optional<remembered> verifier::recall(role side, const mailbox& about) {
  result<std::optional<remembered>> found = memory_.find(side, about, time_.wall_now());
  if (found) return *std::move(found);
  if (time_.now() >= next_recall_line_) {  // a broken store fails every question
    next_recall_line_ = time_.now() + std::chrono::minutes(1);
    log_.write(severity::warning, "recall_failed",
               {{"role", to_string(side)},
                {"mailbox", to_string(about)},
                {"error", found.error().message()}});
  }
  return std::nullopt;
}

awaitable<void> verifier::re_probe(role side, mailbox about) {
  std::string key = question_key(side, about);
  auto start = call_out_later(begun_by::re_probe, side, std::move(about));
  co_await flights_.run(std::move(key), std::move(start));
}

void verifier::refresh_behind(role side, const mailbox& about) {
  if (side == role::sender && listing_.is_raised()) return;
  if (stopping_) return;
  auto start = call_out_later(begun_by::refresh, side, about);
  flights_.begin(executor_, question_key(side, about), std::move(start));
}

std::function<awaitable<verdict>()> verifier::call_out_later(begun_by whom, role side,
                                                             mailbox about) {
  return [this, whom, side, about = std::move(about)] { return call_out(whom, side, about); };
}

// The root of a flight: whatever happens inside, those who wait get a verdict.
awaitable<verdict> verifier::call_out(begun_by whom, role side, mailbox about) {
  const asio::cancellation_state cancellation = co_await asio::this_coro::cancellation_state;
  try {
    if (stopping_) co_return busy("no callout is started while stopping");
    const time_point started = time_.now();
    const result<gate::pass> inside = co_await gate_.enter();
    if (!inside) co_return busy("too many callouts are waiting");

    callout::finding found = co_await callouts_.ask(side, about);
    watch_for_listing(found);
    if (found.errand && callouts_.options().catch_all_test == callout::catch_all_test::wait) {
      auto testing = callouts_.test_catch_all(*std::exchange(found.errand, nullptr));
      callout::note_catch_all(found.made, co_await std::move(testing));
    }
    found.made.checked_at = time_.wall_now();
    const auto took = time_.now() - started;
    found.made.elapsed = std::chrono::floor<std::chrono::milliseconds>(took);
    count(whom, side, found, took);
    log_finished(side, about, found);
    if (found.errand) test_behind(side, about, found.made, *found.errand);
    verdict told = memory_.put(side, about, found.made, time_.wall_now());
    if (re_probes_) re_probes_->note(side, about, found.made, found.retry_after);
    co_return told;
  } catch (...) {
    if (cancellation.cancelled() != asio::cancellation_type::none) {
      co_return busy("stopped before the callout ended");
    }
    co_return failed("callout_failed", side, to_string(about), std::current_exception());
  }
}

// The answer does not wait for the catch-all test, but is remembered anew with its outcome.
void verifier::test_behind(role side, const mailbox& about, const verdict& made,
                           callout::catch_all_errand errand) {
  if (stopping_) return;
  std::string key = "catch_all " + std::string(to_string(side)) + ' ' + about.domain().text();
  auto start = [this, side, about, made, errand = std::move(errand)] {
    return test_catch_all(side, about, made, errand);
  };
  flights_.begin(executor_, std::move(key), std::move(start));
}

awaitable<verdict> verifier::test_catch_all(role side, mailbox about, verdict made,
                                            callout::catch_all_errand errand) {
  const result<gate::pass> inside = co_await gate_.enter();
  if (!inside || stopping_) co_return made;
  const catch_all found = co_await callouts_.test_catch_all(std::move(errand));
  if (found == catch_all::untested) co_return made;
  callout::note_catch_all(made, found);
  co_return memory_.put(side, about, std::move(made), time_.wall_now());
}

void verifier::count(begun_by whom, role side, const callout::finding& found,
                     std::chrono::nanoseconds took) {
  role_counters& of = counted_.sums.of(side);
  if (!callout::count(found.learnt, found.made, of)) return;
  if (whom == begun_by::refresh) ++of.refreshes;
  if (whom == begun_by::re_probe) ++of.re_probes;
  counted_.sums.callouts.add(took);
}

// Of strangers only: what one's own servers say is no sign of a list.
void verifier::watch_for_listing(const callout::finding& found) {
  if (found.by_route) return;
  using change = policy::listing_watch::change;
  for (const policy::attempt& made : found.learnt.attempts) {
    error_code no_address;
    const auto address = asio::ip::make_address(made.host_ip, no_address);
    if (no_address || made.outcome.end != smtp::probe_end::replied) continue;
    const auto changed = listing_.note(address, callouts_.is_about_us(made), time_.now());
    if (changed == change::raised) {
      ++counted_.sums.listing_alarms;
      log_.write(severity::warning, "listed",
                 {{"said", "hosts everywhere refuse us: call-backs pause; see cbvd --self-test"},
                  {"host", made.host},
                  {"ip", made.host_ip}});
    } else if (changed == change::cleared) {
      log_.write(severity::notice, "no_longer_listed", {{"host", made.host}});
    }
  }
}

awaitable<void> verifier::stop(time_point deadline) {
  stopping_ = true;
  if (re_probes_) re_probes_->stop();
  auto draining = gate_.drained();
  const result<void> drained = co_await with_deadline(time_, deadline, std::move(draining));
  if (!drained) flights_.cancel();
  co_await flights_.drain();
  if (re_probes_) co_await re_probes_->ended();
}

void verifier::log_finished(role side, const mailbox& about, const callout::finding& found) const {
  const verdict& made = found.made;
  log_.write(severity::info, "callout_finished",
             {{"role", to_string(side)},
              {"mailbox", to_string(about)},
              {"status", to_string(made.status)},
              {"reason", to_string(made.reason)},
              {"stage", to_string(made.stage)},
              {"host", made.host},
              {"ip", made.host_ip},
              {"code", made.reply ? made.reply->code : 0},
              {"enhanced", made.reply ? made.reply->enhanced : std::string()},
              {"hosts_asked", found.learnt.attempts.size()},
              {"elapsed_ms", made.elapsed.count()}});
}

// Out of memory it may be hard even to say so.
verdict verifier::failed(std::string_view event, role side, std::string_view address,
                         const std::exception_ptr& thrown) const noexcept {
  try {
    std::string what = "not a std::exception";
    try {
      std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      what = e.what();
    } catch (...) {  // said above
    }
    log_.write(severity::error, event,
               {{"role", to_string(side)}, {"address", address}, {"error", what}});
    return busy("our own failure: " + ascii::printable(what));
  } catch (...) {
    return busy({});
  }
}

}  // namespace cbv
