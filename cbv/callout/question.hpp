// One mailbox that a host is to be asked about, from the queue to the answer.
#ifndef CBV_CALLOUT_QUESTION_HPP
#define CBV_CALLOUT_QUESTION_HPP

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cbv/async/event.hpp"
#include "cbv/policy/evidence.hpp"
#include "cbv/smtp/probe.hpp"
#include "cbv/smtp/transcript.hpp"

namespace cbv::callout {

/// What came of asking a host: the dialogues and the connections that failed, in their order.
struct host_answer {
  std::vector<policy::attempt> attempts;
  bool held_back = false;  // our own limits kept it from being asked, or from being answered
  std::string why;         // for people, if it was held back
};

/// Whom something on the network is counted for.
struct errand_of {
  role side = role::recipient;
  bool is_test = false;  // of a mailbox that was made up: what is said of it is not counted
};

/// Shared by who asks and by the session that answers, whichever is gone first. Once `done` is set
/// nothing changes any more.
struct question {
  question(smtp::inquiry what, std::string host, std::shared_ptr<smtp::transcript> listener,
           errand_of whose = {})
      : asked(std::move(what)),
        host_name(std::move(host)),
        heard(std::move(listener)),
        counted_for(whose) {}

  smtp::inquiry asked;
  std::string host_name;  // by which the host was found
  std::shared_ptr<smtp::transcript> heard;
  errand_of counted_for;
  event done;
  host_answer answer;
  std::size_t tries = 0;    // sessions that took it and ended before its turn came
  bool in_session = false;  // a session has said it, or is about to
  bool given_up = false;    // nobody waits any more

  void end() {
    if (!done.is_set()) done.set();
  }
  void end_with(policy::attempt last) {
    if (done.is_set()) return;
    answer.attempts.push_back(std::move(last));
    done.set();
  }
  void hold_back(std::string reason) {
    if (done.is_set()) return;
    answer.held_back = true;
    answer.why = std::move(reason);
    done.set();
  }
};

using shared_question = std::shared_ptr<question>;

}  // namespace cbv::callout

#endif
