// The access lists that are in force, and what keeps them as the files are.
#ifndef CBV_CHECKS_ACCESS_BOOK_HPP
#define CBV_CHECKS_ACCESS_BOOK_HPP

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "cbv/async/awaitable.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/log.hpp"
#include "cbv/checks/access_files.hpp"
#include "cbv/checks/access_list.hpp"

namespace cbv::checks {

struct access_options {
  std::vector<std::string> files{};    // in this order; none: no rules
  std::chrono::seconds look_every{3};  // whether a file has changed

  friend bool operator==(const access_options&, const access_options&) = default;
};

/// Belongs to the thread that awaits; current() may be called from any. What it is given by
/// reference outlives it.
class access_book {
 public:
  /// Files are read on `worker`, because a million rules take a second.
  access_book(access_options with, timer& time, const logger& log, asio::any_io_executor worker);
  access_book(const access_book&) = delete;
  access_book& operator=(const access_book&) = delete;

  /// Reads the files here and now, for the start. What is wrong, each as to_string(access_fault);
  /// the list of before stays in force then.
  std::vector<std::string> read();

  /// What is in force; never null. Whoever holds it keeps it as it was.
  std::shared_ptr<const access_list> current() const;

  /// From the next reading on.
  void change(access_options with);

  const access_options& options() const noexcept { return with_; }

  /// Reads the files now, on the worker. What is wrong is logged, and leaves the list in force.
  awaitable<void> read_again();

  /// Looks at the files every `look_every`, and reads them when one has changed and then stayed as
  /// it is for one look, so that a file is not read while it is written. Until it is cancelled.
  awaitable<void> watch();

 private:
  /// What tells one content of a file from another.
  struct file_state {
    long long written_ns = -1;
    long long octets = -1;
    unsigned long long number = 0;  // of the inode

    friend bool operator==(const file_state&, const file_state&) = default;
  };
  using states = std::vector<file_state>;

  static states look(const std::vector<std::string>& files);
  void take(const loaded_access& loaded);

  access_options with_;
  timer& time_;
  const logger& log_;
  asio::any_io_executor worker_;
  states seen_;  // when they were last read
  // Shared with questions that were asked before it was replaced.
  std::atomic<std::shared_ptr<const access_list>> current_;
};

}  // namespace cbv::checks

#endif
