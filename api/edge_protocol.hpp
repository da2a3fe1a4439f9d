// What the protocols of the MTAs have in common: strict turns, a request and its reply.
#ifndef CBV_API_EDGE_PROTOCOL_HPP
#define CBV_API_EDGE_PROTOCOL_HPP

#include <optional>
#include <string>
#include <string_view>

#include "cbv/envelope/judgement.hpp"
#include "cbv/verdict/advice.hpp"
#include "cbv/verdict/query.hpp"

namespace cbv::api {

/// What a request comes down to: a question about an envelope as a whole, about either side of it,
/// both, or none. How long they may take is up to whoever asks them.
struct edge_request {
  std::optional<cbv::envelope::question> envelope;  // alone
  std::optional<query> sender;
  std::optional<query> recipient;
  std::string instance;   // requests about one message have the same; empty: not known
  std::string otherwise;  // the reply where there is no question
};

/// One client, without I/O: octets in, requests out, and for each a reply. It says nothing unasked:
/// whoever carries the octets sends exactly one reply for each request, before taking the next.
class edge_protocol {
 public:
  edge_protocol() = default;
  edge_protocol(const edge_protocol&) = delete;
  edge_protocol& operator=(const edge_protocol&) = delete;
  virtual ~edge_protocol() = default;

  /// "policy_service": for the log.
  virtual std::string_view name() const noexcept = 0;

  /// Takes what the client sent.
  virtual void receive(std::string_view octets) = 0;

  /// The next whole request; nothing until more octets come. Once there is a fault, nothing for
  /// good.
  virtual std::optional<edge_request> take_request() = 0;

  /// What was not understood, or over a limit: no request can be found after it, and the connection
  /// is to be closed without a word. Empty: nothing.
  virtual const std::string& fault() const noexcept = 0;

  /// The reply to a request.
  virtual std::string reply(const advice& given) const = 0;

  /// The reply where we failed, so that there is no advice; empty: hang up in place of it. Never a
  /// rejection.
  virtual std::string failure(bool timed_out) const = 0;
};

/// Advice with this text as an action of Postfix's access(5) tables. "DUNNO" accepts; it leaves
/// later restrictions their say, and stops the search for parts of the address.
std::string access_action(const advice& given, std::string_view text);

}  // namespace cbv::api

#endif
