// One line, one event, past tense, fixed words first: `callout_finished mailbox=... host=...
// code=550`.
//
// A logger is a function that takes finished lines, so that tests capture them and the daemon
// decides where they go. A mailbox is personal data: `info` may carry it, `debug` (the dialogue)
// must not leave the host.
#ifndef CBV_BASE_LOG_HPP
#define CBV_BASE_LOG_HPP

#include <atomic>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace cbv {

/// error: someone must act; warning: we coped; notice: lifecycle; info: one a question; debug:
/// dialogue.
enum class severity { debug, info, notice, warning, error };

std::string_view to_string(severity level) noexcept;

/// A key and its value; numbers are turned into text here.
struct log_field {
  std::string_view key;
  std::string value;

  log_field(std::string_view k, std::string_view v) : key(k), value(v) {}
  log_field(std::string_view k, const char* v) : key(k), value(v) {}
  log_field(std::string_view k, const std::string& v) : key(k), value(v) {}
  log_field(std::string_view k, std::integral auto v) : key(k), value(std::to_string(v)) {}
};

/// Writes events at or above a severity to a sink. The sink is called on the caller's thread and
/// must be safe from all threads that use this logger; it must not throw.
class logger {
 public:
  using sink = std::function<void(severity, std::string_view line)>;

  /// A logger that is silent.
  logger() = default;
  logger(severity least, sink to) : least_(least), sink_(std::move(to)) {}
  logger(const logger& other) : least_(other.least_.load()), sink_(other.sink_) {}
  logger& operator=(const logger& other) {
    least_ = other.least_.load();
    sink_ = other.sink_;
    return *this;
  }
  ~logger() = default;

  /// From now on events of at least this severity are written: by this one, not by its copies. Any
  /// thread.
  void set_least(severity least) noexcept { least_ = least; }

  /// True if an event of this severity would be written: ask before building dear fields.
  bool enabled(severity level) const noexcept {
    return sink_ && level >= least_.load(std::memory_order_relaxed);
  }

  /// One line: the event, then key=value; a value with a space, a quote, a control character or
  /// nothing in it is quoted and escaped, so a far host can never forge a line.
  void write(severity level, std::string_view event,
             std::initializer_list<log_field> fields = {}) const;

 private:
  std::atomic<severity> least_ = severity::error;
  sink sink_;
};

}  // namespace cbv

#endif
