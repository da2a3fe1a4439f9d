// What the clients of a listener may do.
#ifndef CBV_API_ACCESS_RULES_HPP
#define CBV_API_ACCESS_RULES_HPP

#include <algorithm>
#include <string>
#include <vector>

#include "api/cache_call.hpp"

namespace cbv::api {

/// A method that changes what the daemon does, not only what it knows.
constexpr bool is_for_its_keeper(method which) noexcept {
  return which == method::reload;
}

struct access_rules {
  std::vector<method> methods;  // that may be called; empty: all, see allows()
  std::string token;            // to be shown before anything else; empty: none is wanted
  bool is_local = false;        // they come over a unix socket, whose file says who may

  /// What is for the daemon's keeper has to be named, unless the client is local.
  bool allows(method which) const {
    if (methods.empty()) return is_local || !is_for_its_keeper(which);
    return std::find(methods.begin(), methods.end(), which) != methods.end();
  }

  /// The same, for a client that is local or is not.
  access_rules of(bool local) const {
    access_rules its = *this;
    its.is_local = local;
    return its;
  }
};

}  // namespace cbv::api

#endif
