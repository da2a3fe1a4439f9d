// Whatever a client sends, in whatever pieces, it gets well-formed JSON-RPC responses or nothing.
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "tests/api/converse.hpp"

namespace {

using nlohmann::json;

void require(bool holds) {
  if (!holds) std::abort();
}

void require_response(const json& response) {
  require(response.is_object() && response.size() == 3);
  require(response.at("jsonrpc") == "2.0");
  const json& id = response.at("id");
  require(id.is_string() || id.is_number() || id.is_null());
  if (response.contains("result")) {
    require(response["result"].is_object());
    return;
  }
  const json& error = response.at("error");
  require(error.at("code").is_number_integer() && error.at("message").is_string());
  require(!error.contains("data") || error["data"].is_string());
}

void require_responses(std::string_view lines) {
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    require(end != std::string_view::npos);
    const json message = json::parse(lines.substr(0, end));  // throws, and so fails, if it is none
    lines.remove_prefix(end + 1);
    if (message.is_array()) {
      require(!message.empty());
      for (const json& response : message) require_response(response);
    } else {
      require_response(message);
    }
  }
}

// The first octet says how long the pieces are in which the rest arrives; 0 is all at once.
std::string converse(std::size_t piece_octets, std::string_view octets) {
  cbv::api::conversation_limits limits;
  limits.line_octets_max = 4'096;
  limits.in_flight_max = 3;
  limits.message.entries_max = 10;
  cbv::api::conversation talk(limits);
  std::string said;
  while (!octets.empty()) {
    const std::string_view piece =
        octets.substr(0, piece_octets == 0 ? octets.size() : piece_octets);
    talk.receive(piece);
    octets.remove_prefix(piece.size());
  }
  talk.end_of_input();
  said += cbv::api::answer_calls(talk);
  require(talk.in_flight() == 0);
  return said;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string input(data + 1, data + size);
  const std::string said = converse(data[0], input);
  require_responses(said);
  require(said == converse(0, input));  // the pieces make no difference
  return 0;
}
