// What the DNS says, as values.
#ifndef CBV_DNS_RECORD_HPP
#define CBV_DNS_RECORD_HPP

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cbv::dns {

/// Record types by their numbers (RFC 1035, 3596, 2308).
enum class record_type : std::uint16_t {
  a = 1,
  ns = 2,
  cname = 5,
  soa = 6,
  ptr = 12,
  mx = 15,
  txt = 16,
  aaaa = 28
};

/// How a look-up ended. ok, no_data and nx_domain are statements of the DNS; the others are
/// troubles, and never a reason to call an address undeliverable.
enum class lookup_status { ok, no_data, nx_domain, server_failure, refused, timed_out, malformed };

std::string_view to_string(lookup_status status) noexcept;

/// True for ok, no_data and nx_domain.
constexpr bool is_authoritative(lookup_status status) noexcept {
  return status == lookup_status::ok || status == lookup_status::no_data ||
         status == lookup_status::nx_domain;
}

/// One exchange. `exchange` is in lower case without a trailing dot; empty for the root (null MX,
/// RFC 7505).
struct mx_record {
  std::uint16_t preference = 0;
  std::string exchange;

  friend bool operator==(const mx_record&, const mx_record&) = default;
};

/// The data of NS, CNAME and PTR: a name as name.hpp describes it.
struct name_data {
  std::string name;

  friend bool operator==(const name_data&, const name_data&) = default;
};

/// The strings of one TXT record, as the owner of the domain cut them. Any octets.
struct text_data {
  std::vector<std::string> strings;

  /// The strings one behind the other, with nothing between them (RFC 7208 section 3.3).
  std::string joined() const;

  friend bool operator==(const text_data&, const text_data&) = default;
};

/// The end of a look-up; CNAMEs were followed. `ttl` is the least of all records used, or for
/// no_data and nx_domain the negative TTL (RFC 2308), or zero for a trouble.
template <class Record>
struct answer {
  lookup_status status = lookup_status::server_failure;
  std::vector<Record> records;
  std::chrono::seconds ttl{};
};

}  // namespace cbv::dns

#endif
