#include "api/client_session.hpp"

namespace cbv::api {

std::string_view to_string(ending word) noexcept {
  switch (word) {
    case ending::client_done:
      return "client_done";
    case ending::idle:
      return "idle";
    case ending::client_too_slow:
      return "client_too_slow";
    case ending::not_understood:
      return "not_understood";
    case ending::not_allowed:
      return "not_allowed";
    case ending::connection_lost:
      return "connection_lost";
    case ending::our_failure:
      return "our_failure";
    case ending::stopped:
      return "stopped";
  }
  return "stopped";
}

}  // namespace cbv::api
