// HTTP of the real daemon, over TCP and a unix socket.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <iterator>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "tests/e2e/loopback.hpp"
#include "tests/e2e/postfix_test.hpp"

namespace cbv::e2e {
namespace {

namespace asio = boost::asio;
using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

constexpr auto longest_wait = std::chrono::seconds(60);

std::string body_of(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

std::string post(const std::string& body) {
  return "POST /rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
         "Connection: close\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string verify(const std::string& address) {
  return R"({"jsonrpc":"2.0","id":1,"method":"verify_recipient","params":{"address":")" + address +
         R"(","wait_ms":60000}})";
}

class HttpTest : public postfix_test {
 protected:
  void start_with_http() {
    start({}, "[http]\nunix = [\"{folder}/http\"]\ntcp = [\"" + address_ + ':' +
                  std::to_string(port_) + "\"]\n");
  }
  /// Says `request` and reads to the end of the connection.
  std::string say(const std::string& request) {
    asio::ip::tcp::iostream server;
    return exchange(server, {asio::ip::make_address(address_), port_}, request);
  }
  std::string say_over_unix(const std::string& request) {
    asio::local::stream_protocol::iostream server;
    const auto path = daemon_->socket().parent_path() / "http";
    return exchange(server, {path.string()}, request);
  }
  std::string get(const std::string& path) {
    return say("GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  }

  const std::uint16_t port_ = free_port(address_);

 private:
  template <class Stream>
  static std::string exchange(Stream& server, const typename Stream::endpoint_type& at,
                              const std::string& request) {
    server.expires_after(longest_wait);
    server.connect(at);
    if (!server) throw std::runtime_error("cannot connect: " + server.error().message());
    server << request << std::flush;
    return {std::istreambuf_iterator<char>(server), {}};
  }
};

TEST_F(HttpTest, QuestionsAreAnsweredAndCounted) {
  start_with_http();
  EXPECT_THAT(get("/healthz"), StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_EQ(body_of(get("/readyz")), "ready\n");

  const json ann = json::parse(body_of(say(post(verify("ann@example.org")))));
  EXPECT_EQ(ann["result"]["status"], "deliverable");
  const json zed = json::parse(body_of(say_over_unix(post(verify("zed@example.org")))));
  EXPECT_EQ(zed["result"]["advice"]["code"], 550);
  const json both = json::parse(body_of(
      say(post('[' + verify("ann@example.org") + ",\n" + verify("bob@example.org") + ']'))));
  EXPECT_EQ(both.size(), 2U);
  EXPECT_THAT(say(post(R"({"jsonrpc":"2.0","method":"health"})")),
              StartsWith("HTTP/1.1 204 No Content\r\n"));

  EXPECT_THAT(get("/metrics"),
              AllOf(HasSubstr("\ncbv_calls_total{role=\"recipient\"} 4\n"),
                    HasSubstr("\ncbv_cached_total{role=\"recipient\"} 1\n"),
                    HasSubstr("\ncbv_refused_rcpt_to_total{role=\"recipient\"} 1\n")));
  const json page = json::parse(body_of(get("/stats?by=total")));
  const json result =
      json::parse(daemon_->ask_line(R"({"jsonrpc":"2.0","id":1,"method":"stats"})"))["result"];
  for (const char* side : {"sender", "recipient"}) {
    for (const char* counted : {"calls", "cached", "refused_rcpt_to", "by_reason", "shares"})
      EXPECT_EQ(page[side][counted], result[side][counted]) << side << counted;
  }
  EXPECT_THAT(get("/stats?until=2026"), HasSubstr("\nBad Request: until: unknown parameter"));
}

TEST_F(HttpTest, RequestsOfOneConnectionAreAnsweredInTheirOrder) {
  start_with_http();
  std::string open = post(verify("ann@example.org"));
  open.erase(open.find("Connection: close\r\n"), 19);
  const std::string all =
      say("HEAD /stats HTTP/1.1\r\nHost: localhost\r\n\r\n" + open +
          "GET /nowhere HTTP/1.1\r\nHost: localhost\r\n\r\nGET /healthz HTTP/1.0\r\n\r\n");
  const auto head = all.find("HTTP/1.1 200 ");
  const auto answer = all.find("\"deliverable\"");
  const auto refusal = all.find("HTTP/1.1 404 ");
  const auto last = all.find("alive\n");
  EXPECT_EQ(head, 0U);
  EXPECT_LT(head, answer);
  EXPECT_LT(answer, refusal);
  EXPECT_LT(refusal, last);
  EXPECT_EQ(last + 6, all.size());
}

TEST_F(HttpTest, WhatIsTooMuchIsRefusedAndTheRefusalArrives) {
  start_with_http();
  const std::string body(3'000'000, ' ');
  EXPECT_THAT(say(post(body)), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(say("nonsense\r\n" + body.substr(0, 100'000)), StartsWith("HTTP/1.1 4"));
}

TEST_F(HttpTest, ItStopsWithAnIdleClient) {
  start_with_http();
  asio::ip::tcp::iostream idle;
  idle.expires_after(longest_wait);
  idle.connect(asio::ip::tcp::endpoint(asio::ip::make_address(address_), port_));
  std::string first;
  idle << "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n" << std::flush;
  std::getline(idle, first);
  EXPECT_THAT(first, StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(daemon_->stop(), 0);
}

}  // namespace
}  // namespace cbv::e2e
