#include "cbv/async/deadline.hpp"

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>

namespace cbv::detail {
namespace {

/// Shared by the operation's end and the caller's cancellation slot. The alarm refers to it.
struct watch {
  asio::cancellation_signal stop;
  bool is_late = false;
  bool is_cancelled = false;
  std::unique_ptr<alarm> at_deadline;
};

}  // namespace

awaitable<timed_ending> run_until(const asio::any_io_executor& executor, timer& time,
                                  time_point deadline, awaitable<void> operation) {
  const auto begin = [](auto handler, const asio::any_io_executor& on, timer& clock, time_point end,
                        awaitable<void> run) {
    auto watching = std::make_shared<watch>();
    auto slot = asio::get_associated_cancellation_slot(handler);
    if (slot.is_connected()) {
      slot.assign([watching](asio::cancellation_type how) {
        watching->is_cancelled = true;
        watching->stop.emit(how);
      });
    }
    const auto stopped_by = watching->stop.slot();
    watch* const watched = watching.get();
    // Both run on `on`, the caller's own executor, where the caller may be resumed at once.
    auto ended = [watching = std::move(watching),
                  handler = std::move(handler)](std::exception_ptr thrown) mutable {
      watching->at_deadline.reset();
      timed_ending ending{std::move(thrown), watching->is_late};
      std::move(handler)(std::move(ending));
    };
    asio::co_spawn(on, std::move(run), asio::bind_cancellation_slot(stopped_by, std::move(ended)));
    watched->at_deadline = clock.call_at(on, end, [watched] {
      watched->is_late = !watched->is_cancelled;
      watched->stop.emit(asio::cancellation_type::terminal);
    });
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void(timed_ending)>(
      begin, asio::use_awaitable, executor, std::ref(time), deadline, std::move(operation));
}

}  // namespace cbv::detail
