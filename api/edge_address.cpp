#include "api/edge_address.hpp"

#include <cstddef>

#include "cbv/address/local_part.hpp"

namespace cbv::api {
namespace {

// Whether it stands on the wire as it is. `with_domain` is for the scanner, which wants the "@".
bool needs_no_quotes(std::string_view local, const std::string& with_domain, spelling written) {
  if (written == spelling::unquoted && local.starts_with('"')) return false;
  const auto octets = scan_local_part(with_domain);
  return octets && *octets == local.size();
}

std::string quoted(std::string_view local) {
  std::string text = "\"";
  for (const char octet : local) {
    if (octet == '"' || octet == '\\') text += '\\';
    text += octet;
  }
  return text + '"';
}

bool is_complete(std::string_view domain) {
  return domain.starts_with('[') || domain.find('.') != std::string_view::npos;
}

}  // namespace

std::optional<std::string> address_to_ask(std::string_view address, spelling written) {
  const std::size_t at = address.rfind('@');
  if (at == std::string_view::npos || address.starts_with('@')) return std::nullopt;
  const std::string_view local = address.substr(0, at);
  std::string_view domain = address.substr(at + 1);
  if (domain.ends_with('.')) domain.remove_suffix(1);
  if (!is_complete(domain)) return std::nullopt;

  std::string as_it_is(local);
  as_it_is.append("@").append(domain);
  if (needs_no_quotes(local, as_it_is, written)) return as_it_is;
  return quoted(local).append("@").append(domain);
}

}  // namespace cbv::api
