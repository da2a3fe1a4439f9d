#include "cache/shelf/keeper.hpp"

#include <utility>

namespace cbv::cache {

bool once_a_minute::passes() noexcept {
  const auto now = steady::now().time_since_epoch();
  auto next = next_.load(std::memory_order_relaxed);
  if (now.count() < next) return false;
  const auto after = now + std::chrono::duration_cast<steady::duration>(std::chrono::minutes{1});
  return next_.compare_exchange_strong(next, after.count(), std::memory_order_relaxed);
}

keeper::keeper(environment& where, std::chrono::milliseconds reopen_pause, logger log)
    : where_(where), reopen_pause_(reopen_pause), log_(std::move(log)) {}

std::optional<open_error> keeper::open() {
  next_try_ = steady::now() + reopen_pause_;
  auto why = where_.start();
  if (why && why->fault == open_fault::damaged) why = replace(why->message);
  if (why) {
    set_trouble(why->message);
    if (not_opened_line_.passes()) {
      log_.write(severity::error, event("_not_opened"), {{"error", why->message}});
    }
    return why;
  }
  set_trouble({});
  next_try_ = steady::time_point::min();
  usage found;
  if (auto reading = where_.begin_read()) {
    if (const auto used = reading->used()) found = *used;
  }
  log_.write(severity::notice, event("_opened"),
             {{"directory", where_.directory()},
              {"made", where_.was_made() ? "yes" : "no"},
              {"records", found.of(where_.kind().of[1]).records},
              {"octets", where_.file_octets()},
              {"stale_readers", where_.stale_readers()}});
  return std::nullopt;
}

/// Under another name it can be looked at; what was in it is learnt anew.
std::optional<open_error> keeper::replace(const std::string& fault) {
  where_.close();
  const auto moved = where_.set_aside();
  if (!moved) return open_error{moved.error().fault, fault + "; " + moved.error().message};
  log_.write(severity::error, event("_damaged"), {{"error", fault}, {"set_aside", *moved}});
  return where_.start();
}

bool keeper::is_ready(const std::function<bool()>& go_on) {
  if (where_.is_checked()) return true;
  if (steady::now() < next_try_) return false;
  if (!where_.is_open() && open()) return false;
  const auto begin = steady::now();
  const auto sound = where_.check(go_on);
  if (sound) {
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(steady::now() - begin);
    log_.write(severity::info, event("_checked"),
               {{"ms", took.count()}, {"pages_lost", where_.pages_lost()}});
    return true;
  }
  next_try_ = steady::now() + reopen_pause_;
  if (sound.error() != page_damaged()) {
    note_write(sound.error());
    return false;
  }
  const std::string fault = sentence(": data.mdb is damaged: ") + where_.fault();
  where_.close();
  if (auto why = replace(fault)) {
    set_trouble(why->message);
    if (not_opened_line_.passes()) {
      log_.write(severity::error, event("_not_opened"), {{"error", why->message}});
    }
    return false;
  }
  return where_.check(go_on).has_value();
}

void keeper::suspect(const std::string& why) {
  if (!where_.is_open()) return;
  log_.write(severity::error, event("_suspect"), {{"error", why}});
  where_.close();
  next_try_ = steady::time_point::min();
}

void keeper::note_write(const error_code& outcome) {
  if (!outcome && !write_failed_) return;
  write_failed_ = static_cast<bool>(outcome);
  if (!outcome) return set_trouble({});
  if (outcome == not_open()) return;  // there is a better sentence
  set_trouble(sentence(" takes nothing: ") + outcome.message() + "; " +
              std::string(where_.kind().meanwhile));
}

std::string keeper::event(const char* what) const {
  return std::string(where_.kind().what) + what;
}

std::string keeper::sentence(const char* rest) const {
  return "the " + std::string(where_.kind().what) + " in " + where_.directory() + rest;
}

std::string keeper::trouble() const {
  const std::lock_guard lock(mutex_);
  return trouble_;
}

void keeper::set_trouble(std::string what) {
  const std::lock_guard lock(mutex_);
  trouble_ = std::move(what);
}

}  // namespace cbv::cache
