// What HTTP/1.1 requests and answers are here (RFC 9110, 9112). Values.
#ifndef CBV_API_HTTP_MESSAGE_HPP
#define CBV_API_HTTP_MESSAGE_HPP

#include <string>
#include <string_view>

#include "cbv/base/clock.hpp"

namespace cbv::api {

/// A request, of which there is what somebody looks at. The texts are the client's own.
struct http_request {
  std::string method;         // "GET"
  std::string path;           // "/stats": without the query, and without a host before it
  std::string query;          // "by=day": what follows the first question mark
  std::string host;           // what the client calls this server by, as it was sent
  std::string content_type;   // likewise; empty: none
  std::string authorization;  // likewise
  std::string body;
  bool keep_alive = true;        // the client may ask again on this connection
  bool http_1_0 = false;         // and no later
  bool awaits_continue = false;  // sends the body only when told to, or after some time
};

struct http_answer {
  unsigned status = 200;
  std::string content_type;  // of the body
  std::string body;
  std::string header;  // lines that only this answer has, each with its CRLF; may be empty
  bool last = false;   // the connection is closed after it
};

/// An answer that says no more than its status: 404 and so on.
http_answer http_refusal(unsigned status, std::string_view detail);

/// The whole answer as it is sent. One to HEAD has no body, but says how long it would be.
/// `keep_alive`: the connection stays open, unless the answer says that it is the last.
std::string render_http(const http_answer& given, const http_request& to, bool keep_alive,
                        wall_time now);

/// "Sat, 21 Nov 2026 12:00:00 GMT" (RFC 9110 section 5.6.7).
std::string http_date(wall_time time);

/// What a client that awaits it is told before it sends its body.
inline constexpr std::string_view http_continue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace cbv::api

#endif
