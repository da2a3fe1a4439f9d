// Answers the calls of a conversation at once, without a session.
#ifndef CBV_TESTS_API_CONVERSE_HPP
#define CBV_TESTS_API_CONVERSE_HPP

#include <map>
#include <string>

#include "api/conversation.hpp"

namespace cbv::api {

/// Answers all calls, in their order, from a table of verdicts by address (else a plain
/// `unknown`), and gives what is sent to the client.
inline std::string answer_calls(conversation& talk,
                                const std::map<std::string, verdict>& verdicts = {}) {
  for (const ticketed_call& made : talk.take_calls()) {
    const query& asked = made.call.asked;
    switch (made.call.method) {
      case method::verify_sender:
      case method::verify_recipient: {
        const auto known = verdicts.find(asked.address);
        const verdict found = known == verdicts.end() ? verdict() : known->second;
        talk.answer(made.ticket,
                    render_verdict(asked.address, found, advise(found, asked.role, {})));
        break;
      }
      case method::stats:
        talk.answer(made.ticket, render_stats({}));
        break;
      case method::health:
        talk.answer(made.ticket, render_health({true, {}, std::chrono::seconds(60)}));
        break;
      case method::version:
        talk.answer(made.ticket, render_version());
        break;
    }
  }
  return talk.take_output();
}

}  // namespace cbv::api

#endif
