// What a session and its host have to do with each other; for far_host*.cpp.
#ifndef CBV_CALLOUT_FAR_HOST_DESK_HPP
#define CBV_CALLOUT_FAR_HOST_DESK_HPP

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cbv/base/fifo.hpp"
#include "cbv/callout/far_host.hpp"
#include "cbv/callout/question.hpp"
#include "cbv/callout/resting_sessions.hpp"
#include "cbv/smtp/session.hpp"

namespace cbv::callout {

/// One session's place at its host: what it has taken, and not yet answered.
class far_host::desk final : public smtp::session_desk {
 public:
  desk(far_host& host, std::string name, role whose)
      : host_(host),
        counted_for(whose),
        session(std::make_shared<smtp::session>(
            host.with_.executor, host.with_.time, host.with_.tls, host.with_.sessions,
            host.plan_now(),
            smtp::session_peer{std::move(name), host.standing_.address(), host.how_->limits.idle},
            *this)) {}

  std::optional<smtp::inquiry> next() override {
    at_rest_.reset();
    return host_.next_for(*this);
  }
  void heard(const smtp::counted_reply& said) override { host_.heard(*this, said); }
  void answered(smtp::session_machine::answer with) override {
    host_.answered(*this, std::move(with));
  }
  void rests() override {
    at_rest_.emplace(host_.resting_, *session);
    host_.rested();
  }
  void ended(const smtp::ended& last) override {
    at_rest_.reset();
    host_.session_ended(*this, last);
  }

  bool has(const question& one) const {
    return std::any_of(taken.begin(), taken.end(),
                       [&one](const auto& other) { return other.get() == &one; });
  }

 private:
  far_host& host_;

 public:
  const role counted_for;  // of whoever had the connection made
  std::shared_ptr<smtp::session> session;
  fifo<shared_question> taken;         // in the order in which they were said
  std::vector<shared_question> again;  // to be asked in another session
  bool has_answered = false;
  bool was_of_use = false;   // the host answered a question
  bool is_outdated = false;  // hosts are talked to in another manner now

 private:
  const host_census::session present_{host_.with_.census};
  std::optional<resting_sessions::place> at_rest_;  // goes before the session
};

}  // namespace cbv::callout

#endif
