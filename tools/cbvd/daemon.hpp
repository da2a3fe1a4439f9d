// The daemon: owns all parts, in the order in which they need each other.
#ifndef CBV_TOOLS_CBVD_DAEMON_HPP
#define CBV_TOOLS_CBVD_DAEMON_HPP

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/thread_pool.hpp>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "api/backend.hpp"
#include "cache/catalogue.hpp"
#include "cache/history/history_store.hpp"
#include "cache/lmdb_store.hpp"
#include "cache/shelf/keeper.hpp"
#include "cbv/async/task_group.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/log.hpp"
#include "cbv/base/random.hpp"
#include "cbv/callout/callout.hpp"
#include "cbv/checks/list_book.hpp"
#include "cbv/checks/recipient_table.hpp"
#include "cbv/counting/tally.hpp"
#include "cbv/dns/caching_resolver.hpp"
#include "cbv/dns/cares_resolver.hpp"
#include "cbv/net/tcp_dialer.hpp"
#include "cbv/net/tls_client.hpp"
#include "cbv/verifier/verifier.hpp"
#include "tools/cbvd/bookkeeper.hpp"
#include "tools/cbvd/envelope_desk.hpp"
#include "tools/cbvd/front.hpp"
#include "tools/cbvd/service_manager.hpp"
#include "tools/cbvd/settings.hpp"
#include "tools/cbvd/settings_source.hpp"
#include "tools/cbvd/worker.hpp"

namespace cbv::cbvd {

/// Wires resolver, callout, verifier, store and server together on one io thread: the one that
/// calls run(). Workers beside it answer what is known already; what those who look after the cache
/// ask for is done on a thread of its own.
class daemon final : private api::backend {
 public:
  /// `with` was read of `from`, whose text was `text`. `memory` is the opened cache.
  daemon(const settings& with, settings_source from, std::string text, const logger& log,
         std::unique_ptr<cache::lmdb_store> memory);
  ~daemon() override;

  /// Opens the sockets of the settings, or takes them from those `inherited`. What cannot be opened
  /// is said, one text each; nothing is served then.
  std::vector<std::string> listen(net::inherited_sockets inherited);

  /// Serves until SIGTERM or SIGINT, then stops within settings.server.drain_timeout: listeners
  /// close, questions in flight are answered, the cache is flushed. A second signal stops at once.
  /// False: coroutines were left in the middle of something, so that destroying the daemon is not
  /// safe, and the process should end without it.
  bool run();

 private:
  std::optional<verdict> verify_at_once(const query& asked) override;
  awaitable<verdict> verify(query asked) override;
  awaitable<envelope::judgement> check(envelope::question asked) override;
  awaitable<api::cache_answer> look_after_cache(api::cache_call asked) override;
  awaitable<api::reload_report> reload() override;
  awaitable<history_answer> look_back(history_question asked) override;
  tally& tallied() noexcept override { return counted_; }
  awaitable<counters> count() override;
  awaitable<api::health_facts> health() override;

  std::vector<workplace> make_workers();
  counting_sources counted_here();
  verifier_options asking() const;
  /// Whom all threads have met most often since this was called last.
  awaitable<rankings> take_rankings();
  void note_change(const api::cache_call& asked);
  void begin_self_test();
  void await_signal();
  void await_hangup();
  api::reload_report read_settings_again();
  api::reload_report take_over_settings();
  awaitable<void> show_life();
  awaitable<void> stop();

  // In the order in which they are built; each uses only what stands above it.
  settings settings_;
  const settings_source source_;
  const std::string text_;  // of the file at the start
  const service_manager manager_ = service_manager::of_environment();
  logger log_;
  system_timer time_;
  seeded_random chance_{system_seed()};
  const time_point started_;
  std::unique_ptr<cache::lmdb_store> memory_;
  cache::catalogue catalogue_;
  cache::history_store history_;
  net::tcp_dialer dialer_;
  asio::io_context context_{1};
  asio::thread_pool looking_after_files_{1};  // its steps wait for the disk
  asio::thread_pool keeping_history_{1};      // so do these, and wait for nothing else
  checks::list_book<checks::recipient_table> recipients_;
  tally counted_;  // by this thread
  dns::cares_resolver upstream_;
  dns::caching_resolver names_;
  net::tls_client tls_;
  callout::callout callouts_;
  verifier verifier_;
  cache::once_a_minute import_line_;
  envelope_desk envelopes_;
  std::list<worker> workers_;
  bookkeeper books_;
  front front_;
  asio::signal_set signals_;
  asio::signal_set hangup_;
  asio::cancellation_signal self_test_ends_;
  asio::cancellation_signal life_ends_;
  task_group watching_;
  bool stopping_ = false;
  bool cut_short_ = false;
};

}  // namespace cbv::cbvd

#endif
