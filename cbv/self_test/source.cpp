#include "cbv/self_test/source.hpp"

namespace cbv::self_test {

std::string_view to_string(origin of) noexcept {
  switch (of) {
    case origin::own_ip:
      return "own_ip";
    case origin::source_setting:
      return "source_setting";
    case origin::routes:
      return "routes";
  }
  return "unknown";
}

source choose_source(const std::optional<boost::asio::ip::address>& own_ip,
                     const std::optional<boost::asio::ip::address>& bound,
                     const std::optional<boost::asio::ip::address>& routed) {
  if (own_ip) return {own_ip, origin::own_ip};
  if (bound) return {bound, origin::source_setting};
  return {routed, origin::routes};
}

}  // namespace cbv::self_test
