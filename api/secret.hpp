// Secrets that clients show.
#ifndef CBV_API_SECRET_HPP
#define CBV_API_SECRET_HPP

#include <string_view>

namespace cbv::api {

/// Whether both are the same. How long it takes says nothing about `secret`: not where the first
/// difference is, and not how long it is.
bool is_secret(std::string_view shown, std::string_view secret);

}  // namespace cbv::api

#endif
