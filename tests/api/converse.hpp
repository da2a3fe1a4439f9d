// Answers the calls of a conversation at once, without a session.
#ifndef CBV_TESTS_API_CONVERSE_HPP
#define CBV_TESTS_API_CONVERSE_HPP

#include <functional>
#include <map>
#include <string>

#include "api/conversation.hpp"
#include "api/stats_writer.hpp"

namespace cbv::api {

/// Answers all calls, in their order, from a table of verdicts by address (else a plain
/// `unknown`), and gives what is sent to the client.
///
/// What is asked of the cache is answered by `cache`, and what is asked of an envelope by `check`;
/// without one, with an empty object.
inline std::string answer_calls(
    conversation& talk, const std::map<std::string, verdict>& verdicts = {},
    const std::function<cache_answer(const cache_call&)>& cache = nullptr,
    const std::function<std::string(const envelope::question&)>& check = nullptr) {
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
      case method::check:
        talk.answer(made.ticket, check ? check(made.call.of_envelope) : "{}");
        break;
      case method::stats:
        talk.answer(made.ticket, render_stats({}, made.call.of_past.by, {}, {}));
        break;
      case method::health:
        talk.answer(made.ticket, render_health({true, {}, std::chrono::seconds(60)}));
        break;
      case method::version:
        talk.answer(made.ticket, render_version());
        break;
      case method::reload:
        talk.answer(made.ticket, render_reloaded({{}, {"cache.records_max"}}));
        break;
      default: {
        const cache_answer found = cache ? cache(made.call.of_cache) : cache_answer("{}");
        if (const auto* done = std::get_if<std::string>(&found)) {
          talk.answer(made.ticket, *done);
        } else {
          talk.refuse(made.ticket, std::get<fault>(found));
        }
        break;
      }
    }
  }
  return talk.take_output();
}

}  // namespace cbv::api

#endif
