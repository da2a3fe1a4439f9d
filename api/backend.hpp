// What the api asks: the seam between those who ask and the verifier. tools/cbvd fills it in.
#ifndef CBV_API_BACKEND_HPP
#define CBV_API_BACKEND_HPP

#include <optional>

#include "api/cache_call.hpp"
#include "api/health_facts.hpp"
#include "api/reload_report.hpp"
#include "cbv/async/awaitable.hpp"
#include "cbv/counting/counters.hpp"
#include "cbv/counting/history.hpp"
#include "cbv/counting/tally.hpp"
#include "cbv/envelope/judgement.hpp"
#include "cbv/verdict/query.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::api {

/// Answers those who ask. Used from one thread, the one that runs its sessions; outlives them.
class backend {
 public:
  backend() = default;
  backend(const backend&) = delete;
  backend& operator=(const backend&) = delete;
  virtual ~backend() = default;

  /// What verify() would say without waiting for anything, from memory or because of the address
  /// itself; nothing if it would have to wait. Throws as verify() does.
  virtual std::optional<verdict> verify_at_once(const query& asked) = 0;

  /// Always ends in a verdict, within `asked.wait`. Honours cancellation, and throws only then
  /// (asio::error::operation_aborted).
  virtual awaitable<verdict> verify(query asked) = 0;

  /// Always ends in a judgement, within `asked.wait`; honours cancellation likewise.
  virtual awaitable<envelope::judgement> check(envelope::question asked) = 0;

  /// Does one step of what is asked of the cache. Cancelled, it may be done all the same.
  virtual awaitable<cache_answer> look_after_cache(cache_call asked) = 0;

  /// Reads the settings again. Cancelled, it may be done all the same.
  virtual awaitable<reload_report> reload() = 0;

  /// What was counted in a time, of this run and those before it, up to now.
  virtual awaitable<history_answer> look_back(history_question asked) = 0;

  /// Where this thread counts, for what only those know who ask: what they say to their clients.
  virtual tally& tallied() noexcept = 0;

  /// The counters since the start, and the health; neither waits for the disk or the network.
  virtual awaitable<counters> count() = 0;
  virtual awaitable<health_facts> health() = 0;
};

}  // namespace cbv::api

#endif
