// Which answers of a DNS list are meant.
#ifndef CBV_CHECKS_CODE_PATTERN_HPP
#define CBV_CHECKS_CODE_PATTERN_HPP

#include <array>
#include <bitset>
#include <boost/asio/ip/address_v4.hpp>
#include <cstdint>
#include <string>
#include <string_view>

#include "cbv/address/syntax_error.hpp"

namespace cbv::checks {

/// "127.0.0.2"; "127.0.0.[2..11]", "127.0.[0;3..5].2" (as postscreen_dnsbl_sites of Postfix has
/// it); or "&0.0.0.6": codes with any of these bits. A value.
class code_pattern {
 public:
  static parsed<code_pattern> parse(std::string_view text);

  bool has(const boost::asio::ip::address_v4& code) const noexcept;

  const std::string& text() const noexcept { return text_; }

  friend bool operator==(const code_pattern& a, const code_pattern& b) noexcept {
    return a.text_ == b.text_;
  }

 private:
  code_pattern() = default;

  std::string text_;
  std::array<std::bitset<256>, 4> parts_;  // what each number may be; unused with bits_
  std::uint32_t bits_ = 0;
};

}  // namespace cbv::checks

#endif
