// Whatever Postfix, or who claims to be it, sends, in whatever pieces: it gets a well-formed action
// for each request, and nothing else.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/policy_protocol.hpp"
#include "tests/api/edge_talk.hpp"

namespace {

using cbv::api::edge_talk;

void require(bool holds) {
  if (!holds) std::abort();
}

// How many there are; each is a line and an empty one.
std::size_t count_actions(std::string_view sent) {
  std::size_t count = 0;
  while (!sent.empty()) {
    require(sent.starts_with("action="));
    const std::size_t end = sent.find('\n');
    require(end != std::string_view::npos && sent.substr(end).starts_with("\n\n"));
    sent.remove_prefix(end + 2);
    ++count;
  }
  return count;
}

edge_talk talk(std::string_view octets, std::size_t piece_octets) {
  cbv::api::policy_options options;
  options.limits = {.line_octets_max = 256, .request_octets_max = 1'024, .attributes_max = 16};
  cbv::api::policy_protocol spoken(options);
  const cbv::advice given{cbv::action::reject, 550, "5.1.1", "no"};
  return cbv::api::talk_to(spoken, octets, piece_octets, given);
}

}  // namespace

// The first octet says how long the pieces are in which the rest arrives; 0 is all at once.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string input(data + 1, data + size);
  const edge_talk was = talk(input, data[0]);
  std::size_t requests = was.asked.size();
  for (std::size_t i = 1; i < was.asked.size(); ++i) {
    const bool both = was.asked[i - 1].starts_with("sender ") && was.asked[i].starts_with("recip");
    if (both) --requests;  // of one request, or of two that looked like it
  }
  const std::size_t replies = count_actions(was.sent);
  require(replies >= requests && replies <= was.asked.size());
  require(was == talk(input, 0));  // the pieces make no difference
  return 0;
}
