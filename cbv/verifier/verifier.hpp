// One question, from the address to the answer: the way of a question, in one place.
#ifndef CBV_VERIFIER_VERIFIER_HPP
#define CBV_VERIFIER_VERIFIER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/address/mailbox.hpp"
#include "cbv/async/awaitable.hpp"
#include "cbv/async/gate.hpp"
#include "cbv/async/single_flight.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/log.hpp"
#include "cbv/callout/callout.hpp"
#include "cbv/counting/tally.hpp"
#include "cbv/policy/joe_job_guard.hpp"
#include "cbv/policy/listing_watch.hpp"
#include "cbv/verdict/booking_book.hpp"
#include "cbv/verdict/query.hpp"
#include "cbv/verdict/verdict.hpp"
#include "cbv/verdict/verdict_store.hpp"
#include "cbv/verifier/re_prober.hpp"
#include "cbv/verifier/recollection.hpp"

namespace cbv {

/// The longest that a question may wait, whatever it asks for.
inline constexpr std::chrono::milliseconds longest_wait{600'000};

struct verifier_options {
  std::size_t callouts_max = 500;           // under way at once, all hosts together
  std::size_t waiting_callouts_max = 2000;  // that wait for one of these to end; beyond: busy
  known_addresses known;
  /// Whether an envelope check may start callouts to strangers, that is, of senders. Memory answers
  /// it in any case.
  bool callbacks_in_check = false;
  re_probe_options re_probes;
  policy::joe_job_options joe_job;
};

/// Answers questions: from the syntax, from memory, or by a callout, which all who ask for the same
/// mailbox in the same role share.
///
/// Belongs to one thread, that of the executor's io_context; nothing here is locked.
class verifier {
 public:
  /// All outlive the verifier. Callouts run on `executor`. What is asked and answered is added to
  /// `counted`. Re-probes of greylisted mailboxes are booked in `bookings`, if there are any, and
  /// those that are in there already are taken up.
  verifier(asio::any_io_executor executor, timer& time, callout::callout& callouts,
           verdict_store& memory, const logger& log, tally& counted, verifier_options options = {},
           booking_book* bookings = nullptr);

  /// What verify() would say without waiting: from memory, or because of the address itself.
  /// Nothing: ask verify(), which has not been done in part by this. May throw where memory is
  /// short.
  std::optional<verdict> verify_at_once(const query& asked);

  /// Always ends in a verdict, by asked.wait at the latest: what is not known by then is
  /// unknown / pending, and its callout goes on behind. Whatever goes wrong in here is unknown and
  /// an error line in the log. Throws only when cancelled; a callout under way goes on then, too.
  awaitable<verdict> verify(query asked);

  /// From now on no callout is started (unknown / busy; memory still answers), and no re-probe.
  /// Returns when those under way have ended, or, if that is not by `deadline`, have been cut off.
  /// To be called before the verifier is destroyed.
  awaitable<void> stop(time_point deadline);

  /// The re-prober's: what stands in the book, but was not booked by it.
  void take_up_bookings(std::vector<booking> brought) {
    if (re_probes_) re_probes_->take_up(std::move(brought));
  }
  /// The re-probes that `doomed` says are booked no more.
  void cancel_re_probes(const std::function<bool(role side, const mailbox& about)>& doomed) {
    if (re_probes_) re_probes_->cancel(doomed);
  }

  /// From the next question on it is as if it had been made with these options, and with the
  /// callouts as they are now. What is under way goes on as it began.
  void change(verifier_options options);

  const counters& counted() const noexcept { return counted_.sums; }
  std::size_t callouts_under_way() const noexcept { return gate_.inside(); }
  std::size_t callouts_waiting() const noexcept { return gate_.waiting(); }
  /// No more callouts may wait: whatever needs one is busy.
  bool is_overloaded() const noexcept { return gate_.is_full(); }

  /// Re-probes; nothing if none are booked ever.
  const std::optional<re_prober>& re_probes() const noexcept { return re_probes_; }

 private:
  /// Whom a callout was begun for.
  enum class begun_by : std::uint8_t { question, refresh, re_probe };

  std::optional<verdict> answer_at_once(const query& asked, std::optional<mailbox>& about,
                                        call_way& way);
  std::optional<verdict> known(const query& asked, const mailbox& about);
  void finish(verdict& given, const query& asked, std::string_view about, time_point started,
              call_way way);
  awaitable<verdict> answer_of_callout(std::string key, role side, mailbox about, time_point until);
  bool may_call_out(const query& asked) const noexcept;
  bool is_backed_up(const query& asked) const;
  std::optional<std::string> restraint(const query& asked, const mailbox& about);
  std::optional<remembered> recall(role side, const mailbox& about);
  awaitable<void> re_probe(role side, mailbox about);
  void refresh_behind(role side, const mailbox& about);
  std::function<awaitable<verdict>()> call_out_later(begun_by whom, role side, mailbox about);
  awaitable<verdict> call_out(begun_by whom, role side, mailbox about);
  void test_behind(role side, const mailbox& about, const verdict& made,
                   callout::catch_all_errand errand);
  awaitable<verdict> test_catch_all(role side, mailbox about, verdict made,
                                    callout::catch_all_errand errand);
  void count(begun_by whom, role side, const callout::finding& found,
             std::chrono::nanoseconds took);
  void watch_for_listing(const callout::finding& found);
  void log_finished(role side, const mailbox& about, const callout::finding& found) const;
  verdict failed(std::string_view event, role side, std::string_view address,
                 const std::exception_ptr& thrown) const noexcept;

  asio::any_io_executor executor_;
  timer& time_;
  callout::callout& callouts_;
  verdict_store& memory_;
  const logger& log_;
  tally& counted_;
  verifier_options options_;
  policy::joe_job_guard joe_job_;
  policy::listing_watch listing_;
  gate gate_;                       // every callout is inside, or waits
  single_flight<verdict> flights_;  // by role and mailbox
  time_point next_recall_line_{};   // of the log, that memory could not be read
  bool stopping_ = false;
  std::optional<re_prober> re_probes_;  // the last: it begins at once
};

}  // namespace cbv

#endif
