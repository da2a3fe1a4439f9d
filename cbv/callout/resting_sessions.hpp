// How many sessions are kept without a question.
#ifndef CBV_CALLOUT_RESTING_SESSIONS_HPP
#define CBV_CALLOUT_RESTING_SESSIONS_HPP

#include <cstddef>
#include <list>
#include <memory>

#include "cbv/smtp/session.hpp"

namespace cbv::callout {

/// Sessions at rest, of all hosts; the one that has rested longest leaves when there are too many.
class resting_sessions {
 public:
  class place;

  explicit resting_sessions(std::size_t most) : all_(std::make_shared<state>(state{most, {}})) {}

  /// For the next that come to rest.
  void change(std::size_t most) noexcept { all_->most = most; }

 private:
  struct state {
    std::size_t most;
    std::list<place*> oldest_first;
  };

  std::shared_ptr<state> all_;  // shared with the places: these may be gone only after us
};

/// One session's rest, until this goes, which is before the session does.
class resting_sessions::place {
 public:
  place(const resting_sessions& all, smtp::session& of);
  place(const place&) = delete;
  place& operator=(const place&) = delete;
  ~place();

 private:
  std::shared_ptr<state> all_;
  smtp::session& of_;
  std::list<place*>::iterator mine_;
  bool is_counted_ = true;  // until it is told to leave
};

}  // namespace cbv::callout

#endif
