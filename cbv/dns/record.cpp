#include "cbv/dns/record.hpp"

namespace cbv::dns {

std::string_view to_string(lookup_status status) noexcept {
  switch (status) {
    case lookup_status::ok:
      return "ok";
    case lookup_status::no_data:
      return "no_data";
    case lookup_status::nx_domain:
      return "nx_domain";
    case lookup_status::server_failure:
      return "server_failure";
    case lookup_status::refused:
      return "refused";
    case lookup_status::timed_out:
      return "timed_out";
    case lookup_status::malformed:
      return "malformed";
  }
  return "unknown";
}

std::string text_data::joined() const {
  std::string whole;
  for (const std::string& each : strings) whole += each;
  return whole;
}

}  // namespace cbv::dns
