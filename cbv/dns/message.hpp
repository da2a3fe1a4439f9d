// A DNS message (RFC 1035 section 4, RFC 6891) as a value, read from octets. Its other direction is
// encode.hpp. No I/O.
#ifndef CBV_DNS_MESSAGE_HPP
#define CBV_DNS_MESSAGE_HPP

#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/address_v6.hpp>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "cbv/base/result.hpp"
#include "cbv/dns/record.hpp"

namespace cbv::dns {

inline constexpr std::size_t message_octets_max = 65535;
inline constexpr std::uint16_t class_in = 1;

/// Response codes (RFC 1035, 6891); others are possible.
enum class response_code : std::uint16_t {
  no_error = 0,
  format_error = 1,
  server_failure = 2,
  name_error = 3,
  not_implemented = 4,
  refused = 5,
  bad_version = 16
};

/// What is asked. Names are in text, as name.hpp describes it.
struct question {
  std::string name;
  record_type type = record_type::a;
  std::uint16_t qclass = class_in;

  friend bool operator==(const question&, const question&) = default;
};

struct soa_data {
  std::string primary;      // MNAME
  std::string responsible;  // RNAME
  std::uint32_t serial = 0;
  std::uint32_t refresh = 0;
  std::uint32_t retry = 0;
  std::uint32_t expire = 0;
  std::uint32_t minimum = 0;

  friend bool operator==(const soa_data&, const soa_data&) = default;
};

/// The octets of a type that is not known here.
struct raw_data {
  std::string octets;

  friend bool operator==(const raw_data&, const raw_data&) = default;
};

using record_data = std::variant<raw_data, boost::asio::ip::address_v4, boost::asio::ip::address_v6,
                                 mx_record, name_data, soa_data, text_data>;

/// One resource record of class IN. `data` holds what `type` calls for.
struct record {
  std::string name;
  record_type type = record_type::a;
  std::chrono::seconds ttl{};
  record_data data;

  friend bool operator==(const record&, const record&) = default;
};

/// A query or a response. The OPT record is not among `additionals` but in `udp_octets` and the
/// upper bits of `code`.
struct message {
  std::uint16_t id = 0;
  bool response = false;
  std::uint8_t opcode = 0;  // 0: QUERY
  bool authoritative = false;
  bool truncated = false;
  bool recursion_desired = false;
  bool recursion_available = false;
  bool authenticated = false;  // AD
  response_code code = response_code::no_error;
  std::optional<question> asked;
  std::vector<record> answers;
  std::vector<record> authorities;
  std::vector<record> additionals;
  std::uint16_t udp_octets = 0;  // EDNS: what the sender takes over UDP; 0 where there is no OPT

  friend bool operator==(const message&, const message&) = default;
};

/// Reads a whole message. Records of a class other than IN are left out; a TTL with the top bit set
/// is zero (RFC 2181 section 8); octets behind the last record are ignored, as BIND does.
/// Everything else that is wrong anywhere in it, more than one question among it, is
/// errc::message_malformed. Time and memory are linear in the size of `bytes`.
result<message> parse_message(std::string_view bytes);

/// The start of a response to `query`: its id, question and RD bit; EDNS where the query has it.
message response_to(const message& query);

}  // namespace cbv::dns

#endif
