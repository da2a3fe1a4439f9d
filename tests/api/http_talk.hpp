// Reads requests of HTTP without a session.
#ifndef CBV_TESTS_API_HTTP_TALK_HPP
#define CBV_TESTS_API_HTTP_TALK_HPP

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "api/http_reader.hpp"

namespace cbv::api {

/// What came of octets that arrive in pieces (0: all at once): "GET /stats;POST /rpc BODY;400" are
/// two requests and what was not understood. "1.0" and "last" stand behind a path that has them.
inline std::string http_talk(std::string_view octets, std::size_t piece_octets,
                             const http_limits& limits = {}) {
  http_reader reader(limits);
  std::string shown;
  const std::size_t piece =
      piece_octets == 0 ? std::max<std::size_t>(octets.size(), 1) : piece_octets;
  while (!octets.empty()) {
    const std::string_view next = octets.substr(0, piece);
    octets.remove_prefix(next.size());
    reader.receive(next);
    while (const auto request = reader.take_request()) {
      shown += request->method + ' ' + request->path;
      if (!request->query.empty()) shown += '?' + request->query;
      if (request->http_1_0) shown += " 1.0";
      if (!request->keep_alive) shown += " last";
      if (!request->body.empty()) shown += ' ' + request->body;
      shown += ';';
    }
  }
  if (reader.fault() != nullptr) shown += std::to_string(reader.fault()->status);
  return shown;
}

}  // namespace cbv::api

#endif
