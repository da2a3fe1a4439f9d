// The address that calls leave from, as far hosts see it.
#ifndef CBV_SELF_TEST_SOURCE_HPP
#define CBV_SELF_TEST_SOURCE_HPP

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string_view>

namespace cbv::self_test {

/// From where it is known.
enum class origin { own_ip, source_setting, routes };

std::string_view to_string(origin of) noexcept;

/// `address` is nothing where no call of its family can leave.
struct source {
  std::optional<boost::asio::ip::address> address;
  origin known_from = origin::routes;

  friend bool operator==(const source&, const source&) = default;
};

/// What decides, for one family: `own_ip` is what far hosts see by the administrator's word, so it
/// comes first; then the address that calls are bound to; then what the routes choose.
source choose_source(const std::optional<boost::asio::ip::address>& own_ip,
                     const std::optional<boost::asio::ip::address>& bound,
                     const std::optional<boost::asio::ip::address>& routed);

}  // namespace cbv::self_test

#endif
