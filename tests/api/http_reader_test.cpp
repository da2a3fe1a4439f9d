#include "api/http_reader.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tests/api/http_talk.hpp"

namespace cbv::api {
namespace {

constexpr std::string_view get = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n";

struct row {
  const char* name;
  std::string octets;
  std::string read;  // as http_talk shows it
};

std::vector<row> rows() {
  const std::string post = "POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n";
  return {
      {"get", std::string(get), "GET /healthz;"},
      {"query", "GET /stats?a=1 HTTP/1.1\r\nHost: x\r\n\r\n", "GET /stats?a=1;"},
      {"absolute form", "GET http://x:1/stats?a HTTP/1.1\r\nHost: x\r\n\r\n", "GET /stats?a;"},
      {"absolute form without a path", "GET http://x HTTP/1.1\r\nHost: x\r\n\r\n", "GET /;"},
      {"asterisk", "OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "OPTIONS *;"},
      {"empty lines before it", "\r\n\r\n" + std::string(get), "GET /healthz;"},
      {"two", std::string(get) + std::string(get), "GET /healthz;GET /healthz;"},
      {"http 1.0", "GET / HTTP/1.0\r\n\r\n", "GET / 1.0 last;"},
      {"http 1.0 kept", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", "GET / 1.0;"},
      {"close", "GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "GET / last;"},
      {"length", post + "Content-Length: 2\r\n\r\n{}", "POST /rpc {};"},
      {"no body", post + "Content-Length: 0\r\n\r\n", "POST /rpc;"},
      {"a body cut short", post + "Content-Length: 3\r\n\r\n{}", ""},
      {"a body and another request", post + "Content-Length: 2\r\n\r\n{}" + std::string(get),
       "POST /rpc {};GET /healthz;"},
      {"chunks", post + "Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
       "POST /rpc {};"},
      {"chunks with extensions and trailers",
       post + "Transfer-Encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\nX: y\r\n\r\n" +
           std::string(get),
       "POST /rpc {};GET /healthz;"},
      {"twice the same length", post + "Content-Length: 2\r\nContent-Length: 2\r\n\r\n{}",
       "POST /rpc {};"},
      {"expect", post + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}", "POST /rpc {};"},

      {"nonsense", "nonsense\n", "400"},
      {"json", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"health\"}\n", "400"},
      {"smtp", "EHLO example.org\r\n\r\n", "400"},
      {"bare line feeds", "GET / HTTP/1.1\nHost: x\n\n", "400"},
      {"a space in a name", "GET / HTTP/1.1\r\nHost : x\r\n\r\n", "400"},
      {"no host", "GET / HTTP/1.1\r\n\r\n", "400"},
      {"two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", "400"},
      {"http 2", "GET / HTTP/2.0\r\nHost: x\r\n\r\n", "505"},
      {"http 1.2", "GET / HTTP/1.2\r\nHost: x\r\n\r\n", "505"},
      {"http 0.9", "GET /\r\n\r\n", "400"},
      {"two lengths", post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "400"},
      {"a list of lengths", post + "Content-Length: 2, 3\r\n\r\n{}", "400"},
      {"a negative length", post + "Content-Length: -1\r\n\r\n", "400"},
      {"a length with a sign", post + "Content-Length: +2\r\n\r\n{}", "400"},
      {"a length beyond all bounds", post + "Content-Length: 99999999999999999999\r\n\r\n", "400"},
      {"length and chunks",
       post + "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
      {"chunks and length",
       post + "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n", "400"},
      {"chunks twice",
       post + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400"},
      {"another coding", post + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501"},
      {"no chunks", post + "Transfer-Encoding: identity\r\n\r\n", "501"},
      {"chunks in http 1.0", "POST /rpc HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "400"},
      {"a chunk that is none", post + "Transfer-Encoding: chunked\r\n\r\nx\r\n", "400"},
      {"a chunk that is longer than it says",
       post + "Transfer-Encoding: chunked\r\n\r\n1\r\n{}\r\n0\r\n\r\n", "400"},
      {"another expectation", post + "Expect: more\r\n\r\n", "417"},
      {"too much body", post + "Content-Length: 1048577\r\n\r\n", "413"},
      {"too much in chunks", post + "Transfer-Encoding: chunked\r\n\r\n100001\r\n", "413"},
      {"too much head", "GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(8'192, 'x') + "\r\n\r\n",
       "431"},
      {"a head without an end", std::string(8'192, 'x'), "431"},
      {"a target without an end", "GET /" + std::string(8'192, 'x'), "431"},
      {"a chunk's line without an end",
       post + "Transfer-Encoding: chunked\r\n\r\n1;" + std::string(2'000, 'x'), "400"},
      {"a good one before it", std::string(get) + "nonsense\n", "GET /healthz;400"},
  };
}

TEST(HttpReader, ReadsRequestsAndRefusesWhatIsNone) {
  for (const row& one : rows()) EXPECT_EQ(http_talk(one.octets, 0), one.read) << one.name;
}

TEST(HttpReader, ThePiecesMakeNoDifference) {
  for (const row& one : rows()) {
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 100U, 1'023U})
      EXPECT_EQ(http_talk(one.octets, piece), one.read) << one.name << " in pieces of " << piece;
  }
}

TEST(HttpReader, AHeadMayBeJustSoLong) {
  const std::string start = "GET / HTTP/1.1\r\nHost: x\r\nX: ";
  const std::string longest = start + std::string(8'192 - start.size() - 4, 'x') + "\r\n\r\n";
  ASSERT_EQ(longest.size(), 8'192U);
  EXPECT_EQ(http_talk(longest, 0), "GET /;");
  EXPECT_EQ(http_talk(longest.substr(0, start.size()) + "x" + longest.substr(start.size()), 0),
            "431");
}

TEST(HttpReader, ABodyMayBeJustSoLong) {
  const std::string body(1'048'576, 'x');
  const std::string head =
      "POST /rpc HTTP/1.1\r\nHost: x\r\nContent-Length: " + std::to_string(body.size()) +
      "\r\n\r\n";
  EXPECT_EQ(http_talk(head + body, 8'192), "POST /rpc " + body + ';');
}

TEST(HttpReader, ShowsTheHeadOfARequestWhoseBodyIsAwaited) {
  http_reader reader{http_limits{}};
  EXPECT_TRUE(reader.is_between_requests());
  reader.receive("POST /rpc HTTP/1.1\r\nHost: x\r\nExpect: 100-Continue\r\n");
  EXPECT_FALSE(reader.is_between_requests());
  EXPECT_EQ(reader.head(), nullptr);
  reader.receive("Content-Length: 2\r\n\r\n");
  ASSERT_NE(reader.head(), nullptr);
  EXPECT_TRUE(reader.head()->awaits_continue);
  reader.receive("{}");
  EXPECT_EQ(reader.head(), nullptr) << "it is whole";
  ASSERT_TRUE(reader.take_request());
  EXPECT_TRUE(reader.is_between_requests());
}

TEST(HttpReader, FindsNothingBehindWhatItDidNotUnderstand) {
  http_reader reader{http_limits{}};
  reader.receive("nonsense\n");
  reader.receive(get);
  EXPECT_NE(reader.fault(), nullptr);
  EXPECT_FALSE(reader.take_request());
}

}  // namespace
}  // namespace cbv::api
