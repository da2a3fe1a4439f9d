#include "api/http_reader.hpp"

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

#include "cbv/base/ascii.hpp"
#include "cbv/base/error.hpp"

namespace cbv::api {
namespace {

namespace http = boost::beast::http;

// The line before a chunk of a body, with what clients may say of it, and what follows the last.
constexpr std::size_t chunk_line_octets_max = 1'024;

std::string text_of(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

// The path and the query of "/stats?x=1" and, as a proxy would ask, of
// "http://127.0.0.1/stats?x=1".
void take_target(std::string_view target, http_request& into) {
  if (const std::size_t scheme = target.find("://");
      scheme != std::string_view::npos && !target.starts_with('/')) {
    const std::size_t path = target.find_first_of("/?", scheme + 3);
    target = path == std::string_view::npos ? "/" : target.substr(path);
  }
  const std::size_t path = std::min(target.find('?'), target.size());
  into.path = target.substr(0, path);
  into.query = target.substr(std::min(path + 1, target.size()));
}

unsigned status_of(const error_code& failed) {
  if (failed == http::error::body_limit || failed == http::error::buffer_overflow) return 413;
  if (failed == http::error::header_limit) return 431;
  if (failed == http::error::bad_version) return 505;
  return 400;
}

}  // namespace

struct http_reader::parsing {
  http::request_parser<http::string_body> parser;
};

http_reader::http_reader(const http_limits& limits) : limits_(limits) {}

http_reader::~http_reader() = default;

void http_reader::receive(std::string_view octets) {
  if (fault_) return;
  unread_ += octets;
  go_on();
}

const http_request* http_reader::head() const noexcept {
  return head_ && !now_->parser.is_done() ? &*head_ : nullptr;
}

std::optional<http_request> http_reader::take_request() {
  if (fault_ || !head_ || !now_->parser.is_done()) return std::nullopt;
  http_request whole = *std::exchange(head_, std::nullopt);
  whole.body = std::move(now_->parser.get().body());
  now_.reset();
  seen_ = 0;
  go_on();
  return whole;
}

bool http_reader::is_between_requests() const noexcept {
  return !head_ && unread_.empty();
}

void http_reader::go_on() {
  if (!head_ && !find_head()) return;
  while (!now_->parser.is_done() && !unread_.empty()) {
    // Beast knows no limit to what stands between chunks; so it is shown no more than that.
    const std::size_t shown = std::min(unread_.size(), chunk_line_octets_max);
    error_code failed;
    const std::size_t count = now_->parser.put(boost::asio::buffer(unread_.data(), shown), failed);
    unread_.erase(0, count);
    if (failed == http::error::need_more) {
      if (count == 0 && shown == chunk_line_octets_max) refuse(400, "a chunk's line is too long");
      if (count == 0) return;
    } else if (failed) {
      return refuse(status_of(failed), failed.message());
    }
  }
}

// The head is looked for here and parsed when it is whole: so its limit is one for all of it, and
// the pieces in which it comes make no difference.
bool http_reader::find_head() {
  while (seen_ == 0 && unread_.starts_with("\r\n")) unread_.erase(0, 2);  // RFC 9112 section 2.2
  while (true) {
    const std::size_t end = unread_.find('\n', seen_);
    if (std::min(end, unread_.size()) >= limits_.head_octets_max) {
      refuse(431, "more than " + std::to_string(limits_.head_octets_max) + " octets");
      return false;
    }
    if (end == std::string::npos) return false;
    if (end == 0 || unread_[end - 1] != '\r') {
      refuse(400, "a line does not end in CRLF");
      return false;
    }
    const bool empty = end == seen_ + 1;
    seen_ = end + 1;
    if (empty) return take_head();
  }
}

bool http_reader::take_head() {
  now_ = std::make_unique<parsing>();
  auto& parser = now_->parser;
  parser.header_limit(static_cast<std::uint32_t>(limits_.head_octets_max));
  parser.body_limit(limits_.body_octets_max);
  error_code failed;
  parser.put(boost::asio::buffer(unread_.data(), seen_), failed);
  if (failed) {
    refuse(status_of(failed), failed.message());
    return false;
  }
  unread_.erase(0, seen_);
  parser.eager(true);

  const auto& read = parser.get();
  http_request made;
  made.method = text_of(read.method_string());
  take_target(text_of(read.target()), made);
  made.host = text_of(read[http::field::host]);
  made.content_type = text_of(read[http::field::content_type]);
  made.authorization = text_of(read[http::field::authorization]);
  made.keep_alive = parser.keep_alive();
  made.http_1_0 = read.version() < 11;
  const std::string expected = text_of(read[http::field::expect]);
  made.awaits_continue = !made.http_1_0 && ascii::iequals(expected, "100-continue");

  // RFC 9112 section 3.2 and 6.1.
  const std::size_t codings = read.count(http::field::transfer_encoding);
  const std::string coding = text_of(read[http::field::transfer_encoding]);
  if (read.count(http::field::host) != 1 &&
      !(made.http_1_0 && read.count(http::field::host) == 0)) {
    refuse(400, "expected one Host");
  } else if (codings > 0 && made.http_1_0) {
    refuse(400, "HTTP/1.0 has no Transfer-Encoding");
  } else if (codings > 1 || (codings == 1 && !ascii::iequals(coding, "chunked"))) {
    refuse(501, "a Transfer-Encoding other than chunked");
  } else if (!expected.empty() && !made.http_1_0 && !made.awaits_continue) {
    refuse(417, "expected 100-continue or nothing");
  }
  if (fault_) return false;
  head_ = std::move(made);
  return true;
}

void http_reader::refuse(unsigned status, std::string_view detail) {
  fault_ = http_refusal(status, detail);
  fault_->last = true;
  head_.reset();
  now_.reset();
  unread_.clear();
}

}  // namespace cbv::api
