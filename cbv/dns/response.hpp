// What a response says about a question: CNAMEs followed, "no" told from trouble (RFC 1034, 2308,
// 6604). No I/O.
#ifndef CBV_DNS_RESPONSE_HPP
#define CBV_DNS_RESPONSE_HPP

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "cbv/dns/message.hpp"
#include "cbv/dns/record.hpp"

namespace cbv::dns {

/// How many CNAMEs are followed in one message.
inline constexpr std::size_t cname_chain_max = 16;

/// What was found. `ttl` as in answer.
struct finding {
  lookup_status status = lookup_status::server_failure;
  std::vector<record_data> records;
  std::chrono::seconds ttl{};

  /// If set: status is ok, but CNAMEs lead to this name, of which the message says nothing. It is
  /// to be asked for, and may be known for `ttl`. It may be the root.
  std::optional<std::string> next;

  friend bool operator==(const finding&, const finding&) = default;
};

/// Reads the answer to `asked`, whose name is in lower case. A message that is no response to it,
/// that is truncated or that contradicts itself is `malformed`. A referral, and an empty answer of
/// a server that neither has authority nor offers recursion, says nothing about the name: it is
/// `server_failure`, as is a loop or a chain of more than cname_chain_max CNAMEs.
finding read_response(const message& response, const question& asked);

}  // namespace cbv::dns

#endif
