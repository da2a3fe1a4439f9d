#include "cbv/net/endpoint.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <charconv>

#include "cbv/base/ascii.hpp"

namespace cbv::net {
namespace {

namespace ip = boost::asio::ip;

}  // namespace

std::string to_string(const endpoint& at) {
  const std::string address = at.address.to_string();
  const std::string port = std::to_string(at.port);
  return at.address.is_v6() ? '[' + address + "]:" + port : address + ':' + port;
}

parsed<endpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) {
    return syntax_error{"a port is missing, as in 127.0.0.1:25", text.size() + 1};
  }
  const std::string_view digits = text.substr(colon + 1);
  endpoint at;
  const auto [end, failed] =
      std::from_chars(digits.data(), digits.data() + digits.size(), at.port, 10);
  if (digits.empty() || failed != std::errc{} || end != digits.data() + digits.size()) {
    return syntax_error{"the port is not a number from 0 to 65535", colon + 2};
  }
  const std::string_view host = text.substr(0, colon);
  boost::system::error_code wrong;
  if (host.starts_with('[') && host.ends_with(']')) {
    at.address = ip::make_address_v6(std::string(host.substr(1, host.size() - 2)), wrong);
    if (wrong) return syntax_error{"not an IPv6 address in brackets", 2};
  } else {
    at.address = ip::make_address_v4(std::string(host), wrong);
    if (wrong) return syntax_error{"not an IPv4 address, nor an IPv6 address in brackets", 1};
  }
  return at;
}

}  // namespace cbv::net
