// The macros of SPF (RFC 7208 section 7): text with %{...} in it. No I/O.
#ifndef CBV_SPF_MACRO_HPP
#define CBV_SPF_MACRO_HPP

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/address/syntax_error.hpp"
#include "cbv/base/clock.hpp"
#include "cbv/base/result.hpp"

namespace cbv::spf {

/// What the macros stand for (RFC 7208 section 7.2). "s" is made of l and o.
struct macro_values {
  std::string local_part;                  // l
  std::string sender_domain;               // o
  std::string domain;                      // d: whose record it is
  boost::asio::ip::address client;         // i, c, v
  std::string validated_name = "unknown";  // p
  std::string helo;                        // h
  std::string receiver = "unknown";        // r
  wall_time now{};                         // t
};

/// What a macro may become at most; RFC 7208 names no limit.
inline constexpr std::size_t expansion_octets_max = 65536;

/// A text with macros, parsed. A value; made by its parse functions only.
class macro_string {
 public:
  /// A domain-spec: it ends in a macro or in "." and a label that is no number (section 7.1).
  static parsed<macro_string> parse_domain_spec(std::string_view text, std::size_t first_octet = 1);

  /// A macro-string, which may be empty: the value of a modifier that is not known.
  static parsed<macro_string> parse(std::string_view text, std::size_t first_octet = 1);

  /// An explain-string, which may have spaces and the letters c, r and t (section 6.2).
  static parsed<macro_string> parse_explanation(std::string_view text);

  /// Has a macro of `letter`, in lower case.
  bool uses(char letter) const noexcept;

  /// errc::over_limit past expansion_octets_max.
  result<std::string> expand(const macro_values& values) const;

 private:
  // Plain text, and the macro behind it if `letter` is set.
  struct piece {
    std::string text;
    char letter = 0;  // in lower case
    bool escapes = false;
    bool reverses = false;
    std::size_t parts_max = 0;  // of the right-hand parts; 0: all
    std::string delimiters;     // empty: not split, unless it is transformed
  };
  class reader;

  std::vector<piece> pieces_;
};

/// The name that a domain-spec means: plain octets, with dots between labels and none at the end.
/// Labels are taken off on the left until it has at most 253 octets (section 7.3).
/// errc::message_malformed if no domain name can be so.
result<std::string> target_name(const macro_string& spec, const macro_values& values);

}  // namespace cbv::spf

#endif
