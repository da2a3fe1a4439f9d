// Talks with an edge protocol without a session.
#ifndef CBV_TESTS_API_EDGE_TALK_HPP
#define CBV_TESTS_API_EDGE_TALK_HPP

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "api/edge_protocol.hpp"

namespace cbv::api {

/// What came of some octets: what was asked ("sender ann@x", "recipient bob@y", "-" for a request
/// without a question), and what was sent back.
struct edge_talk {
  std::vector<std::string> asked;
  std::string sent;
  bool fault = false;

  friend bool operator==(const edge_talk&, const edge_talk&) = default;
};

/// Sends the octets in pieces (0: all at once) and answers each request with `given`.
inline edge_talk talk_to(edge_protocol& spoken, std::string_view octets, std::size_t piece_octets,
                         const advice& given) {
  edge_talk talk;
  const std::size_t piece =
      piece_octets == 0 ? std::max<std::size_t>(octets.size(), 1) : piece_octets;
  while (!octets.empty()) {
    const std::string_view next = octets.substr(0, piece);
    octets.remove_prefix(next.size());
    spoken.receive(next);
    while (const auto request = spoken.take_request()) {
      if (request->sender) talk.asked.push_back("sender " + request->sender->address);
      if (request->recipient) talk.asked.push_back("recipient " + request->recipient->address);
      const bool is_question = request->sender || request->recipient;
      if (!is_question) talk.asked.emplace_back("-");
      talk.sent += is_question ? spoken.reply(given) : request->otherwise;
    }
  }
  talk.fault = !spoken.fault().empty();
  return talk;
}

}  // namespace cbv::api

#endif
