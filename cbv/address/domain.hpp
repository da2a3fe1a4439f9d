// A domain as SMTP uses it: a name in A-labels, or an address literal (RFC 5321
// sections 4.1.2, 4.1.3).
#ifndef CBV_ADDRESS_DOMAIN_HPP
#define CBV_ADDRESS_DOMAIN_HPP

#include <boost/asio/ip/address.hpp>
#include <compare>
#include <optional>
#include <string>
#include <string_view>

#include "cbv/address/syntax_error.hpp"

namespace cbv {

/// A value: lower case A-labels without a trailing dot ("xn--bcher-kva.example"), or a literal in
/// its canonical form ("[192.0.2.1]", "[IPv6:2001:db8::1]"). Equal domains have equal text. A name
/// of one label is a domain here, and fails in the DNS.
class domain {
 public:
  /// Accepts names of letters, digits and hyphens, U-labels (converted with IDNA 2008, RFC 5891, as
  /// libidn2 does it; cbv/address/idna.hpp) and address literals. Refuses underscores, a trailing
  /// dot, and four bare numbers (RFC 1123 section 2.1: no host has such a name). Limits: 63 octets
  /// a label, 255 octets in all (RFC 5321 section 4.5.3.1.2), measured in A-labels. `first_octet`
  /// is where `text` stands in what the user gave, for the error. Plain ASCII costs one pass;
  /// libidn2 is called only for labels past ASCII or with "xn--".
  static parsed<domain> parse(std::string_view text, std::size_t first_octet = 1);

  /// The canonical text.
  const std::string& text() const noexcept { return text_; }

  /// The address inside an address literal; nothing for a name.
  const std::optional<boost::asio::ip::address>& literal() const noexcept { return literal_; }

  friend bool operator==(const domain& a, const domain& b) noexcept { return a.text_ == b.text_; }
  friend auto operator<=>(const domain& a, const domain& b) noexcept { return a.text_ <=> b.text_; }

 private:
  domain() = default;

  std::string text_;
  std::optional<boost::asio::ip::address> literal_;
};

}  // namespace cbv

#endif
