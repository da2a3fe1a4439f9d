// What the clients of a listener may do.
#ifndef CBV_API_ACCESS_RULES_HPP
#define CBV_API_ACCESS_RULES_HPP

#include <algorithm>
#include <string>
#include <vector>

#include "api/cache_call.hpp"

namespace cbv::api {

struct access_rules {
  std::vector<method> methods;  // that may be called; empty: all
  std::string token;            // to be shown before anything else; empty: none is wanted

  bool allows(method which) const {
    return methods.empty() || std::find(methods.begin(), methods.end(), which) != methods.end();
  }
};

}  // namespace cbv::api

#endif
