// An SPF record as its domain published it (RFC 7208 sections 4.5, 4.6, 12). No I/O.
#ifndef CBV_SPF_RECORD_HPP
#define CBV_SPF_RECORD_HPP

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/address/syntax_error.hpp"
#include "cbv/spf/macro.hpp"

namespace cbv::spf {

/// What SPF says about a client (RFC 7208 section 2.6).
enum class evaluation { none, neutral, pass, fail, softfail, temperror, permerror };

std::string_view to_string(evaluation said) noexcept;

enum class mechanism { all, include, a, mx, ptr, ip4, ip6, exists };

/// One mechanism, and what is said where it matches.
struct directive {
  evaluation on_match = evaluation::pass;  // by its qualifier
  mechanism kind = mechanism::all;
  std::optional<macro_string> domain;  // nothing: the domain whose record it is
  boost::asio::ip::address network;    // of ip4 and ip6
  unsigned prefix_v4 = 32;             // how many leading bits are compared
  unsigned prefix_v6 = 128;
  std::string text;  // as it stands in the record, for people

  /// Compares `address` with `with` in as many leading bits as this says. False for addresses of
  /// different families.
  bool covers(const boost::asio::ip::address& with, const boost::asio::ip::address& address) const;
};

struct record {
  std::vector<directive> directives;
  std::optional<macro_string> redirect;     // nothing where an "all" makes it void
  std::optional<macro_string> explanation;  // of exp=
};

/// Records of more octets are malformed. RFC 7208 (section 3.4) advises to stay below 512.
inline constexpr std::size_t record_octets_max = 16384;

/// It begins with the version, and so is an SPF record, well-formed or not (section 4.5).
bool is_spf_record(std::string_view text) noexcept;

/// Reads the whole record: an error anywhere in it makes all of it malformed (section 4.6).
parsed<record> parse_record(std::string_view text);

}  // namespace cbv::spf

#endif
