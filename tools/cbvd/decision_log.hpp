// Writes decisions down: into a file of their own, and into the log.
#ifndef CBV_TOOLS_CBVD_DECISION_LOG_HPP
#define CBV_TOOLS_CBVD_DECISION_LOG_HPP

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "api/decision_record.hpp"
#include "cache/shelf/keeper.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/base/log.hpp"
#include "cbv/envelope/judgement.hpp"

namespace cbv::cbvd {

enum class decision_format { logfmt, json };

struct decision_log_options {
  std::string file;  // empty: none
  decision_format format = decision_format::logfmt;
  /// Of the log, for what is refused or deferred, or would be; what is accepted is `debug`.
  /// Nothing: not in the log.
  std::optional<severity> level = severity::info;
  std::size_t waiting_octets_max = 8'388'608;  // for the disk; what is beyond is lost
};

/// Lines wait for the disk on a thread of its own, so that whoever decides does not. What cannot be
/// written is lost, and that is logged once a minute. Used from one thread. `log` outlives it.
class decision_log {
 public:
  decision_log(decision_log_options with, const logger& log);
  /// Writes what is left.
  ~decision_log();
  decision_log(const decision_log&) = delete;
  decision_log& operator=(const decision_log&) = delete;

  void write(const envelope::question& asked, const envelope::judgement& told, wall_time when);

  /// The file was moved away, or settings have changed: the next line goes to what is there now
  /// under its name.
  void change(decision_log_options with);

 private:
  void hand_over(std::string line);
  void work();
  void write_out(const std::string& lines, const std::string& file, bool reopen);
  void fail(const std::string& what);

  const logger& log_;
  decision_log_options options_;

  std::mutex guard_;  // of what follows
  std::condition_variable changed_;
  std::string waiting_;
  std::string file_;
  std::uint64_t lost_ = 0;
  bool reopen_ = true;
  bool ending_ = false;

  // Of the thread.
  int descriptor_ = -1;
  bool is_torn_ = false;  // the last line in the file has no end
  cache::once_a_minute failed_line_;
  std::thread thread_;  // the last: it uses all others
};

}  // namespace cbv::cbvd

#endif
