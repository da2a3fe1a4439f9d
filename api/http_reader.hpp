// Requests of HTTP/1.0 and 1.1 out of octets, without I/O; the parser is Boost.Beast's.
#ifndef CBV_API_HTTP_READER_HPP
#define CBV_API_HTTP_READER_HPP

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "api/http_message.hpp"

namespace cbv::api {

struct http_limits {
  std::size_t head_octets_max = 8'192;      // request line and header; more is 431
  std::size_t body_octets_max = 1'048'576;  // more is 413
};

/// One client's requests, one after the other. What cannot be told apart from an attempt to smuggle
/// one request in another is refused: two lengths, a coding that is not chunked, no host or two.
/// Holds at most one request, and what was received behind it.
class http_reader {
 public:
  explicit http_reader(const http_limits& limits);
  ~http_reader();

  /// Takes what the client sent.
  void receive(std::string_view octets);

  /// The head of the request whose body has not been received yet: the same until take_request().
  /// Null if there is none.
  const http_request* head() const noexcept;

  /// The next whole request; nothing until more octets come. Once there is a fault, nothing for
  /// good.
  std::optional<http_request> take_request();

  /// What was not understood, or over a limit, as the answer to be given; no request can be found
  /// after it. Null: nothing.
  const http_answer* fault() const noexcept { return fault_ ? &*fault_ : nullptr; }

  /// Nothing of a request has been received yet.
  bool is_between_requests() const noexcept;

 private:
  struct parsing;

  void go_on();
  bool find_head();
  bool take_head();
  void refuse(unsigned status, std::string_view detail);

  const http_limits limits_;
  std::string unread_;
  std::size_t seen_ = 0;          // of it: whole lines of a head that is not whole
  std::unique_ptr<parsing> now_;  // Beast's parser; a new one for each request
  std::optional<http_request> head_;
  std::optional<http_answer> fault_;
};

}  // namespace cbv::api

#endif
