// Whatever a client of the socket maps sends, in whatever pieces: it gets a well-formed netstring
// for each request, with a word that both Postfix and Sendmail know and a space after it.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "api/socketmap_protocol.hpp"
#include "tests/api/edge_talk.hpp"

namespace {

using cbv::api::edge_talk;

void require(bool holds) {
  if (!holds) std::abort();
}

void require_reply(std::string_view text) {
  constexpr std::array<std::string_view, 3> words{"OK ", "NOTFOUND ", "PERM "};
  const auto* const word = std::find_if(
      words.begin(), words.end(), [text](std::string_view each) { return text.starts_with(each); });
  require(word != words.end());
  require(*word == "NOTFOUND " || text.size() > word->size());
}

std::size_t count_replies(std::string_view sent) {
  std::size_t count = 0;
  while (!sent.empty()) {
    const std::size_t colon = sent.find(':');
    require(colon != std::string_view::npos && colon > 0 && colon < 6);
    const std::size_t octets = std::stoul(std::string(sent.substr(0, colon)));
    require(sent.size() > colon + 1 + octets && sent[colon + 1 + octets] == ',');
    require_reply(sent.substr(colon + 1, octets));
    sent.remove_prefix(colon + octets + 2);
    ++count;
  }
  return count;
}

edge_talk talk(std::string_view octets, std::size_t piece_octets) {
  cbv::api::socketmap_protocol spoken(cbv::api::socketmap_options{.request_octets_max = 512});
  const cbv::advice given{cbv::action::reject, 550, "5.1.1", "no"};
  return cbv::api::talk_to(spoken, octets, piece_octets, given);
}

}  // namespace

// The first octet says how long the pieces are in which the rest arrives; 0 is all at once.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string input(data + 1, data + size);
  const edge_talk was = talk(input, data[0]);
  require(count_replies(was.sent) == was.asked.size());
  require(was == talk(input, 0));  // the pieces make no difference
  return 0;
}
