// Keeps an environment in use: opens it again after a while, has its pages looked through, gives a
// damaged file another name and begins a new one. What is wrong meanwhile, it says.
#ifndef CBV_CACHE_SHELF_KEEPER_HPP
#define CBV_CACHE_SHELF_KEEPER_HPP

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "cache/file/environment.hpp"
#include "cache/file/open_error.hpp"
#include "cbv/base/log.hpp"

namespace cbv::cache {

/// Lets one log line a minute through. All threads.
class once_a_minute {
 public:
  bool passes() noexcept;

 private:
  using steady = std::chrono::steady_clock;
  std::atomic<steady::rep> next_{steady::time_point::min().time_since_epoch().count()};
};

/// Belongs to the writing thread, but for trouble().
class keeper {
 public:
  using steady = std::chrono::steady_clock;

  /// The environment outlives it. After it could not be opened, `reopen_pause` until the next try.
  keeper(environment& where, std::chrono::milliseconds reopen_pause, logger log);

  /// Opens it. A damaged file is set aside and a new one begun; what cannot be helped is the error,
  /// logged once a minute.
  std::optional<open_error> open();

  /// The environment is open and its pages have been looked through, which this does if it is time
  /// to. `go_on` is asked now and then while it does; if it says no, it is not ready.
  bool is_ready(const std::function<bool()>& go_on);

  /// If it is not ready: when to ask again.
  steady::time_point next_try() const noexcept { return next_try_; }

  /// LMDB met something that it cannot cope with: closes the environment, so that it is opened and
  /// looked through anew.
  void suspect(const std::string& why);

  /// Writing went wrong, or well again.
  void note_write(const error_code& outcome);

  /// What is wrong now, a sentence for the administrator; empty: nothing. Any thread.
  std::string trouble() const;

 private:
  void set_trouble(std::string what);
  std::string event(const char* what) const;
  std::string sentence(const char* rest) const;
  std::optional<open_error> replace(const std::string& fault);

  environment& where_;
  const std::chrono::milliseconds reopen_pause_;
  const logger log_;
  steady::time_point next_try_ = steady::time_point::min();
  bool write_failed_ = false;
  once_a_minute not_opened_line_;

  mutable std::mutex mutex_;
  std::string trouble_;
};

}  // namespace cbv::cache

#endif
