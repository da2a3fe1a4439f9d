#include "tools/cbvd/daemon.hpp"

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <exception>
#include <thread>
#include <utility>

#include "api/cache_desk.hpp"
#include "cbv/net/interface_addresses.hpp"
#include "tools/cbvd/self_check.hpp"

namespace cbv::cbvd {
namespace {

constexpr std::chrono::seconds goodbye_grace{2};

std::vector<mailbox> own_senders_of(const settings& with) {
  std::vector<mailbox> all;
  if (with.callout.mail_from) all.push_back(*with.callout.mail_from);
  if (with.callout.fallback_sender) all.push_back(*with.callout.fallback_sender);
  for (mailbox& sender : with.callout.routes.senders()) all.push_back(std::move(sender));
  return all;
}

callout::callout_options callout_options_of(const settings& with) {
  callout::callout_options all = with.callout;
  all.own_addresses = net::interface_addresses();
  const self_test::appearance seen = appearance_of(with);
  if (seen.ipv4.address) all.own_ipv4 = seen.ipv4.address->to_string();
  if (seen.ipv6.address) all.own_ipv6 = seen.ipv6.address->to_string();
  return all;
}

// A server of mail has other work, too. On two processors a second thread answers more only where
// clients ask many questions at once, and takes the processor from those who ask.
std::size_t threads_of(const settings& with) {
  constexpr unsigned by_default_max = 4;
  if (with.threads > 0) return with.threads;
  return std::clamp(std::thread::hardware_concurrency() / 2, 1U, by_default_max);
}

/// The workers' threads, which end when this does, whatever is thrown meanwhile.
class at_work {
 public:
  explicit at_work(std::list<worker>& all) : all_(all) {
    for (worker& each : all_) each.begin();
  }
  at_work(const at_work&) = delete;
  at_work& operator=(const at_work&) = delete;
  ~at_work() { end(); }

  void end() const {
    for (worker& each : all_) each.end();
  }

 private:
  std::list<worker>& all_;
};

std::chrono::nanoseconds into_second() {
  const auto now = std::chrono::system_clock::now();
  return now - std::chrono::floor<std::chrono::seconds>(now);
}

/// Runs on the thread that looks after the cache.
awaitable<api::cache_answer> answer_of(api::cache_call asked, cache::catalogue& all,
                                       wall_time now) {
  co_return api::answer_cache_call(asked, all, now);
}

}  // namespace

daemon::daemon(const settings& with, settings_source from, std::string text, const logger& log,
               std::unique_ptr<cache::lmdb_store> memory)
    : settings_(with),
      source_(std::move(from)),
      text_(std::move(text)),
      log_(log),
      started_(time_.now()),
      memory_(std::move(memory)),
      catalogue_(memory_->all()),
      history_({settings_.cache.environment.directory}, log_),
      dialer_(with.dialer),
      recipients_({"recipients", checks::load_recipients}, with.recipients.lists, time_, log_,
                  looking_after_files_.get_executor()),
      upstream_(context_.get_executor(), time_, with.dns),
      names_(upstream_, time_, with.dns_cache, &counted_.sums.dns),
      tls_(time_, with.tls),
      callouts_(context_.get_executor(), names_, dialer_, tls_, time_, chance_, memory_->domains(),
                counted_, callout_options_of(with), &memory_->hosts()),
      verifier_(context_.get_executor(), time_, callouts_, *memory_, log_, counted_, asking(),
                &memory_->bookings()),
      envelopes_(
          settings_, time_, names_, chance_, log_,
          [this](query asked) { return verifier_.verify(std::move(asked)); },
          looking_after_files_.get_executor()),
      books_(context_.get_executor(), keeping_history_.get_executor(), time_, history_,
             counted_here(), into_second),
      front_(settings_, workplace{context_.get_executor(), *this}, make_workers(), time_, log_),
      signals_(context_, SIGTERM, SIGINT),
      hangup_(context_, SIGHUP),
      watching_(context_.get_executor()) {}

daemon::~daemon() = default;

verifier_options daemon::asking() const {
  verifier_options all = settings_.verifier;
  all.known.own_senders = own_senders_of(settings_);
  if (settings_.recipients.lists.files.empty()) return all;
  all.known.recipients = [this, terms = settings_.recipients.terms](const mailbox& about) {
    return recipients_.current()->find(about, terms);
  };
  return all;
}

std::vector<workplace> daemon::make_workers() {
  const std::size_t threads = threads_of(settings_);
  api::backend& behind = *this;
  std::vector<workplace> places;
  while (workers_.size() + 1 < threads) {
    worker& made =
        workers_.emplace_back(context_.get_executor(), behind, *memory_, time_, asking().known);
    places.push_back(workplace{made.executor(), made.backend()});
  }
  return places;
}

counting_sources daemon::counted_here() {
  counting_sources all;
  all.count = [this] { return count(); };
  all.take_rankings = [this] { return take_rankings(); };
  all.full = ranked_at_once;
  return all;
}

std::vector<std::string> daemon::listen(net::inherited_sockets inherited) {
  auto complaints = envelopes_.read_access_lists();
  for (std::string& one : recipients_.read()) complaints.push_back(std::move(one));
  if (complaints.empty()) complaints = front_.open(std::move(inherited));
  return complaints;
}

bool daemon::run() {
  await_signal();
  await_hangup();
  log_.write(severity::notice, "started", {{"version", CBV_VERSION}});
  if (settings_.self_test.at_start) begin_self_test();
  if (manager_.alive_every()) {
    asio::co_spawn(context_, show_life(),
                   asio::bind_cancellation_slot(life_ends_.slot(), asio::detached));
  }
  watching_.spawn(envelopes_.watch());
  watching_.spawn(recipients_.watch());
  watching_.spawn(books_.keep());
  const at_work working(workers_);
  manager_.ready("Answering");
  context_.run();
  working.end();
  if (!cut_short_) {
    // What is left are goodbyes to far hosts and look-ups that no one waits for any more.
    context_.restart();
    context_.run_for(settings_.callout.hosts.sessions.limits.quit + goodbye_grace);
  }
  if (const auto flushed = memory_->flush(); !flushed) {
    log_.write(severity::error, "flush_failed", {{"error", flushed.error().message()}});
  }
  if (history_.is_behind()) {
    log_.write(severity::error, "history_not_written", {{"error", history_.trouble()}});
  }
  log_.write(severity::notice, "stopped");
  return !cut_short_ && context_.stopped();
}

// In the background: nothing waits for it, and what it finds goes to the log.
void daemon::begin_self_test() {
  asio::co_spawn(
      context_, check_self(names_, time_, chance_, settings_),
      asio::bind_cancellation_slot(
          self_test_ends_.slot(),
          [this](const std::exception_ptr& thrown, const std::vector<self_test::finding>& found) {
            if (stopping_) return;
            if (!thrown) return log_findings(log_, found);
            try {
              std::rethrow_exception(thrown);
            } catch (const std::exception& error) {
              log_.write(severity::warning, "self_test_failed", {{"error", error.what()}});
            }
          }));
}

void daemon::await_signal() {
  signals_.async_wait([this](error_code failed, int signal) {
    if (failed) return;
    if (stopping_) {
      log_.write(severity::warning, "stopped_at_once", {{"signal", signal}});
      cut_short_ = true;
      return context_.stop();
    }
    stopping_ = true;
    self_test_ends_.emit(asio::cancellation_type::terminal);
    log_.write(severity::notice, "stopping", {{"signal", signal}});
    manager_.stopping();
    await_signal();
    asio::co_spawn(context_, stop(), [this](const std::exception_ptr& thrown) {
      signals_.cancel();
      hangup_.cancel();
      life_ends_.emit(asio::cancellation_type::terminal);
      watching_.cancel();
      context_.stop();
      if (thrown) std::rethrow_exception(thrown);
    });
  });
}

void daemon::await_hangup() {
  hangup_.async_wait([this](error_code failed, int /*signal*/) {
    if (failed || stopping_) return;
    read_settings_again();
    await_hangup();
  });
}

awaitable<api::reload_report> daemon::reload() {
  co_return read_settings_again();
}

// No connection and no callout notices. A bad file changes nothing.
api::reload_report daemon::read_settings_again() {
  if (stopping_) return {{"the daemon stops"}, {}};
  manager_.reloading();
  api::reload_report made = take_over_settings();
  front_.read_files();
  manager_.ready("Answering");
  return made;
}

api::reload_report daemon::take_over_settings() {
  const loaded_settings next = source_.load();
  for (const std::string& one : next.wrong)
    log_.write(severity::error, "settings_not_read", {{"error", one}});
  if (!next.read) {
    envelopes_.renew(settings_);  // the decision log may have been moved
    return {next.wrong, {}};
  }
  take_over(settings_, *next.read);
  log_.set_least(settings_.log.least);
  dialer_.change(settings_.dialer);
  names_.change(settings_.dns_cache);
  callouts_.change(callout_options_of(settings_));
  recipients_.change(settings_.recipients.lists);
  const verifier_options now = asking();
  verifier_.change(now);
  for (worker& each : workers_) each.change(now.known);
  envelopes_.renew(settings_);
  front_.renew();
  log_.write(severity::notice, "settings_read", {{"file", source_.file}});
  const auto differing = differing_keys(settings_, *next.read, text_, next.text);
  std::string keys;
  for (const std::string& key : differing) keys += (keys.empty() ? "" : ", ") + key;
  if (!keys.empty()) log_.write(severity::warning, "needs_a_restart", {{"settings", keys}});
  return {{}, differing};
}

// A loop that is stuck does not come by here.
awaitable<void> daemon::show_life() {
  while (true) {
    manager_.alive();
    co_await time_.sleep_until(time_.now() + *manager_.alive_every());
  }
}

awaitable<void> daemon::stop() {
  const time_point deadline = time_.now() + settings_.server.drain_timeout;
  co_await front_.stop();
  co_await verifier_.stop(deadline);
  co_await callouts_.stop(deadline);
  co_await books_.close();
}

std::optional<verdict> daemon::verify_at_once(const query& asked) {
  return verifier_.verify_at_once(asked);
}

awaitable<verdict> daemon::verify(query asked) {
  return verifier_.verify(std::move(asked));
}

awaitable<envelope::judgement> daemon::check(envelope::question asked) {
  return envelopes_.check(std::move(asked));
}

/// Whoever changes what is remembered is seen in the log: without local-parts, and not at every
/// step of what goes in steps.
void daemon::note_change(const api::cache_call& asked) {
  if (asked.method == api::method::cache_import && import_line_.passes()) {
    log_.write(severity::notice, "cache_imported", {{"overwrite", asked.overwrite ? "yes" : "no"}});
  }
  if (asked.method != api::method::cache_forget || asked.from) return;
  if (asked.host) {
    const auto& [name, ip] = *asked.host;
    log_.write(severity::notice, "cache_forgotten", {{"host", ip ? ip->to_string() : name}});
  } else if (asked.at) {
    log_.write(severity::notice, "cache_forgotten",
               {{"domain", asked.at->text()}, {"subdomains", asked.subdomains ? "yes" : "no"}});
  } else if (asked.address) {
    log_.write(severity::notice, "cache_forgotten",
               {{"address_at", asked.address->domain().text()}});
  }
}

awaitable<api::cache_answer> daemon::look_after_cache(api::cache_call asked) {
  note_change(asked);
  auto answering = answer_of(asked, catalogue_, time_.wall_now());
  auto answer =
      co_await asio::co_spawn(looking_after_files_, std::move(answering), asio::use_awaitable);
  if (asked.method == api::method::cache_import) {
    verifier_.take_up_bookings(memory_->take_brought_bookings());
  }
  if (asked.method != api::method::cache_forget) co_return answer;
  // Those in memory, and what a re-probe that fell due meanwhile has booked again.
  verifier_.cancel_re_probes([&asked](role side, const mailbox& about) {
    return api::is_forgotten_by(asked, side, about);
  });
  if (asked.host && asked.host->ip) {
    callouts_.forget_host(*asked.host->ip);
  } else if (asked.host) {
    callouts_.drop_forgotten_troubles();
  }
  co_return answer;
}

awaitable<history_answer> daemon::look_back(history_question asked) {
  return books_.look_back(asked);
}

awaitable<counters> daemon::count() {
  counters all = counted_.sums;
  for (worker& each : workers_) all += co_await each.counted();
  co_return all;
}

awaitable<rankings> daemon::take_rankings() {
  rankings all = counted_.take_rankings();
  for (worker& each : workers_) {
    const rankings more = co_await each.take_rankings();
    all = merge(all, more, ranked_at_once, ranked_at_once);
  }
  co_return all;
}

awaitable<api::health_facts> daemon::health() {
  api::health_facts facts;
  facts.uptime = std::chrono::duration_cast<std::chrono::seconds>(time_.now() - started_);
  facts.store_detail = memory_->trouble();
  facts.store_ok = facts.store_detail.empty();
  const cache::write_progress progress = memory_->progress();
  facts.writes = progress.put;
  facts.writes_committed = progress.committed;
  const cache::store_counts kept = memory_->counts();
  for (const cache::table each : cache::kept_tables)
    facts.cache_records.push_back(
        {cache::table_names[cache::index_of(each)], kept.used.of(each).records});
  facts.cache_queued = kept.queued;
  facts.cache_file_octets = kept.file_octets;
  facts.clients = front_.clients();
  facts.history_detail = history_.trouble();
  const cache::history_progress booked = history_.progress();
  facts.calls = booked.added;
  facts.calls_committed = booked.committed;
  facts.stopping = stopping_;
  facts.callouts = verifier_.callouts_under_way();
  facts.callouts_waiting = verifier_.callouts_waiting();
  facts.overloaded = verifier_.is_overloaded();
  facts.sessions = callouts_.sessions();
  facts.breakers_open = callouts_.hosts_left_alone();
  co_return facts;
}

}  // namespace cbv::cbvd
