// An io thread beside the owner's, for clients who ask what is known already.
#ifndef CBV_TOOLS_CBVD_WORKER_HPP
#define CBV_TOOLS_CBVD_WORKER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <optional>
#include <thread>
#include <vector>

#include "api/backend.hpp"
#include "cbv/address/mailbox.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/counting/tally.hpp"
#include "cbv/verdict/verdict_store.hpp"
#include "cbv/verifier/recollection.hpp"

namespace cbv::cbvd {

/// Answers from memory on its own thread, and asks the owner for everything else, which waits there
/// and comes back. Made and destroyed on the owner's thread.
class worker {
 public:
  /// `owner` runs `behind`. All outlive it.
  worker(asio::any_io_executor owner, api::backend& behind, verdict_store& memory, timer& time,
         known_addresses known);
  ~worker();
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  asio::any_io_executor executor() { return context_.get_executor(); }

  /// For the sessions that run on its executor.
  api::backend& backend() noexcept { return backend_; }

  /// Starts the thread. What is thrown on it is thrown out of the owner's run().
  void begin();

  /// What it has answered by itself, since the start. Awaited on the owner's thread, as the next.
  awaitable<counters> counted();

  /// Whom it has met most often since this was called last.
  awaitable<rankings> take_rankings();

  /// Any thread; from the next question on.
  void change(known_addresses known);

  /// Ends the thread, whatever it is about; what waits on it never goes on. Once nothing does, the
  /// worker may be destroyed.
  void end();

 private:
  // Each call hops to the owner and back.
  class away final : public api::backend {
   public:
    explicit away(worker& home) : home_(home) {}
    std::optional<verdict> verify_at_once(const query& asked) override;
    awaitable<verdict> verify(query asked) override;
    awaitable<envelope::judgement> check(envelope::question asked) override;
    awaitable<api::cache_answer> look_after_cache(api::cache_call asked) override;
    awaitable<api::reload_report> reload() override;
    awaitable<history_answer> look_back(history_question asked) override;
    tally& tallied() noexcept override { return home_.counted_; }
    awaitable<counters> count() override;
    awaitable<api::health_facts> health() override;

   private:
    worker& home_;
  };

  const asio::any_io_executor owner_;
  api::backend& behind_;
  tally counted_;  // by the worker's thread
  recollection known_;
  away backend_;
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> staying_;
  std::thread thread_;
};

}  // namespace cbv::cbvd

#endif
