// Whatever a client sends to HTTP, in whatever pieces: each request is answered once, in a
// well-formed way, and what is not understood ends it.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "api/http_pages.hpp"
#include "api/stats_call.hpp"
#include "api/stats_writer.hpp"
#include "tests/api/converse.hpp"
#include "tests/api/http_talk.hpp"

namespace {

using cbv::api::http_answer;
using cbv::api::http_page;
using cbv::api::http_request;

void require(bool holds) {
  if (!holds) std::abort();
}

cbv::api::http_limits limits() {
  return {.head_octets_max = 512, .body_octets_max = 1'024};
}

http_answer answer_to(const http_request& asked) {
  const auto found = cbv::api::find_page(asked);
  if (const auto* const refused = std::get_if<http_answer>(&found)) return *refused;
  const http_page page = std::get<http_page>(found);
  if (page == http_page::stats) {
    const auto read = cbv::api::read_stats_query(asked.query);
    if (const auto* const wrong = std::get_if<cbv::api::wrong_parameter>(&read))
      return cbv::api::http_refusal(400, *wrong);
    const auto by = std::get<cbv::history_question>(read).by;
    return cbv::api::stats_answer(cbv::api::render_stats({}, by, {}, {}));
  }
  if (page != http_page::rpc) return cbv::api::render_page(page, {}, {});
  cbv::api::conversation talk({});
  talk.receive_message(asked.body);
  return cbv::api::rpc_answer(cbv::api::answer_calls(talk));
}

// One answer: a status line, header lines, an empty one, and as much body as is said.
void require_answer(std::string_view text, const http_request& to) {
  require(text.starts_with("HTTP/1.1 "));
  const std::size_t end = text.find("\r\n\r\n");
  require(end != std::string_view::npos);
  const std::string_view head = text.substr(0, end + 2);
  const std::string_view body = text.substr(end + 4);
  const std::size_t length = head.find("\r\nContent-Length: ");
  const bool empty = length == std::string_view::npos || to.method == "HEAD";
  if (length == std::string_view::npos) require(text.substr(9, 3) == "204");
  require(body.size() == (empty ? 0 : std::strtoul(head.data() + length + 18, nullptr, 10)));
  if (to.path == "/rpc" && !body.empty() && text.substr(9, 3) == "200")
    require(nlohmann::json::accept(body));
}

std::string talk(std::string_view octets, std::size_t piece_octets) {
  return cbv::api::http_talk(octets, piece_octets, limits());
}

}  // namespace

// The first octet says how long the pieces are in which the rest arrives; 0 is all at once.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string input(data + 1, data + size);
  require(talk(input, data[0]) == talk(input, 0));  // the pieces make no difference
  cbv::api::http_reader reader(limits());
  reader.receive(input);
  while (const auto asked = reader.take_request())
    require_answer(render_http(answer_to(*asked), *asked, true, cbv::wall_time()), *asked);
  if (const http_answer* const refused = reader.fault())
    require_answer(render_http(*refused, {}, false, cbv::wall_time()), {});
  return 0;
}
