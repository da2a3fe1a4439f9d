// How we are called at the far end, and whether a text calls us so.
#ifndef CBV_SMTP_OWN_NAMES_HPP
#define CBV_SMTP_OWN_NAMES_HPP

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cbv::smtp {

/// Our address and our name in EHLO, in all the forms in which servers quote them.
class own_names {
 public:
  /// Either may be empty. A name without a dot is no name to be recognised by; a text that is no IP
  /// address is none.
  own_names(std::string_view own_ip, std::string_view own_name);

  /// Is a run of characters without spaces and brackets (folded, no URL, no mail address) our
  /// address or has it inside? "198.51.100.9", "9.100.51.198.zen.example.org" (as DNSBLs are
  /// asked), "host-198-51-100-9.example.net"; for IPv6 the nibbles of ip6.arpa.
  bool is_address_in(std::string_view run) const;

  /// The same for IPv6 addresses, which may be spelt in many ways: "2001:DB8:0:0::25",
  /// "IPv6:2001:db8::25", "::ffff:198.51.100.9". Here the run keeps its colons.
  bool is_ipv6(std::string_view run) const;

  /// Is a name ours? Without regard to case and a final dot.
  bool is_name(std::string_view name) const;

  /// Is a domain (folded) the one that our name is in, or the name itself?
  bool is_domain(std::string_view domain) const;

  bool has_address() const noexcept { return address_.has_value(); }

 private:
  std::optional<boost::asio::ip::address> address_;
  std::vector<std::string> forms_;  // texts in which digits and dots stand around nothing of ours
  std::string name_;
};

}  // namespace cbv::smtp

#endif
