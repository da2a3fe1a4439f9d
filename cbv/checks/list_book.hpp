// The lists that are in force, and what keeps them as their files are.
#ifndef CBV_CHECKS_LIST_BOOK_HPP
#define CBV_CHECKS_LIST_BOOK_HPP

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cbv/async/awaitable.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/file_state.hpp"
#include "cbv/base/log.hpp"
#include "cbv/checks/list_files.hpp"

namespace cbv::checks {

struct list_options {
  std::vector<std::string> files{};    // in this order; none: an empty list
  std::chrono::seconds look_every{3};  // whether a file has changed

  friend bool operator==(const list_options&, const list_options&) = default;
};

/// How a list is read, and what it is called in the log: "access" is read as `access_read`.
template <class List>
struct list_kind {
  std::string name;
  std::function<loaded_list<List>(const std::vector<std::string>& files)> load;
};

/// Belongs to the thread that awaits; current() may be called from any. What it is given by
/// reference outlives it.
template <class List>
class list_book {
 public:
  /// Files are read on `worker`, because a million lines take a second.
  list_book(list_kind<List> kind, list_options with, timer& time, const logger& log,
            asio::any_io_executor worker)
      : kind_(std::move(kind)),
        with_(std::move(with)),
        time_(time),
        log_(log),
        worker_(std::move(worker)),
        current_(std::make_shared<const List>()) {}
  list_book(const list_book&) = delete;
  list_book& operator=(const list_book&) = delete;

  /// Reads the files here and now, for the start. What is wrong, each as to_string(list_fault);
  /// the list of before stays in force then.
  std::vector<std::string> read() {
    seen_ = look_at(with_.files);  // before they are read: what is written meanwhile is a change
    const loaded_list<List> loaded = kind_.load(with_.files);
    std::vector<std::string> wrong;
    for (const list_fault& one : loaded.wrong) wrong.push_back(to_string(one));
    take(loaded);
    return wrong;
  }

  /// What is in force; never null. Whoever holds it keeps it as it was.
  std::shared_ptr<const List> current() const { return current_.load(); }

  /// From the next reading on.
  void change(list_options with) { with_ = std::move(with); }

  const list_options& options() const noexcept { return with_; }

  /// Reads the files now, on the worker. What is wrong is logged, and leaves the list in force.
  awaitable<void> read_again() {
    seen_ = look_at(with_.files);
    auto loading = load_on_worker(kind_.load, with_.files);
    const loaded_list<List> loaded =
        co_await asio::co_spawn(worker_, std::move(loading), asio::use_awaitable);
    take(loaded);
  }

  /// Looks at the files every `look_every`, and reads them when one has changed and then stayed as
  /// it is for one look, so that a file is not read while it is written. Until it is cancelled.
  awaitable<void> watch() {
    std::vector<file_state> before = seen_;
    while (true) {
      co_await time_.sleep_until(time_.now() + with_.look_every);
      std::vector<file_state> now = look_at(with_.files);
      const bool rests = now == before;
      before = std::move(now);
      if (rests && before != seen_) co_await read_again();
    }
  }

 private:
  static awaitable<loaded_list<List>> load_on_worker(decltype(list_kind<List>::load) load,
                                                     std::vector<std::string> files) {
    co_return load(files);
  }

  void take(const loaded_list<List>& loaded) {
    for (const list_fault& one : loaded.wrong)
      log_.write(severity::error, kind_.name + "_not_read", {{"error", to_string(one)}});
    if (!loaded.list) return;
    current_.store(loaded.list);
    if (with_.files.empty()) return;
    log_.write(severity::notice, kind_.name + "_read",
               {{"entries", loaded.list->size()},
                {"repeated", loaded.list->repeated()},
                {"octets", loaded.list->octets()}});
  }

  const list_kind<List> kind_;
  list_options with_;
  timer& time_;
  const logger& log_;
  asio::any_io_executor worker_;
  std::vector<file_state> seen_;  // when they were last read
  // Shared with questions that were asked before it was replaced.
  std::atomic<std::shared_ptr<const List>> current_;
};

}  // namespace cbv::checks

#endif
