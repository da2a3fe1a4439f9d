#include "tools/cbvd/decision_log.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

namespace cbv::cbvd {
namespace {

constexpr int file_mode = 0640;

}  // namespace

decision_log::decision_log(decision_log_options with, const logger& log)
    : log_(log), options_(std::move(with)), file_(options_.file), thread_([this] { work(); }) {}

decision_log::~decision_log() {
  {
    const std::lock_guard<std::mutex> held(guard_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
  if (descriptor_ >= 0) ::close(descriptor_);
}

void decision_log::write(const envelope::question& asked, const envelope::judgement& told,
                         wall_time when) {
  const severity level = told.meant.action == action::accept
                             ? severity::debug
                             : options_.level.value_or(severity::debug);
  const bool logs = options_.level && log_.enabled(level);
  if (!logs && options_.file.empty()) return;
  const api::decision_record made = api::record_of(asked, told, when);
  if (logs) log_.write(level, "decided " + api::as_logfmt(made));
  if (options_.file.empty()) return;
  hand_over(options_.format == decision_format::json ? api::as_json(made) : api::as_logfmt(made));
}

void decision_log::hand_over(std::string line) {
  line += '\n';
  {
    const std::lock_guard<std::mutex> held(guard_);
    if (waiting_.size() + line.size() > options_.waiting_octets_max) {
      ++lost_;
      return;
    }
    waiting_ += line;
  }
  changed_.notify_one();
}

void decision_log::change(decision_log_options with) {
  options_ = std::move(with);
  const std::lock_guard<std::mutex> held(guard_);
  file_ = options_.file;
  reopen_ = true;
}

void decision_log::work() {
  while (true) {
    std::unique_lock<std::mutex> held(guard_);
    changed_.wait(held, [this] { return ending_ || !waiting_.empty(); });
    const std::string lines = std::exchange(waiting_, {});
    const bool ends = ending_;
    const bool reopen = std::exchange(reopen_, false);
    const std::uint64_t lost = std::exchange(lost_, 0);
    const std::string file = file_;
    held.unlock();
    if (lost > 0) fail(std::to_string(lost) + " lines lost: the disk is too slow");
    if (!lines.empty()) write_out(lines, file, reopen);
    if (ends) return;
  }
}

void decision_log::write_out(const std::string& lines, const std::string& file, bool reopen) {
  if (reopen && descriptor_ >= 0) ::close(std::exchange(descriptor_, -1));
  if (file.empty()) return;
  if (descriptor_ < 0) {
    descriptor_ = ::open(file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, file_mode);
    is_torn_ = false;
    if (descriptor_ < 0) return fail(file + ": " + std::strerror(errno));
  }
  if (is_torn_ && ::write(descriptor_, "\n", 1) == 1) is_torn_ = false;
  std::string_view left = lines;
  while (!left.empty()) {
    const ssize_t count = ::write(descriptor_, left.data(), left.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return fail(file + ": " + std::strerror(errno));
    is_torn_ = left[static_cast<std::size_t>(count) - 1] != '\n';
    left.remove_prefix(static_cast<std::size_t>(count));
  }
}

void decision_log::fail(const std::string& what) {
  if (failed_line_.passes()) log_.write(severity::error, "decision_log_failed", {{"error", what}});
}

}  // namespace cbv::cbvd
