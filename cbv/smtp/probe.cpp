#include "cbv/smtp/probe.hpp"

namespace cbv::smtp {

std::string_view to_string(probe_end end) noexcept {
  switch (end) {
    case probe_end::replied:
      return "replied";
    case probe_end::connect_failed:
      return "connect_failed";
    case probe_end::timed_out:
      return "timed_out";
    case probe_end::connection_lost:
      return "connection_lost";
    case probe_end::bad_protocol:
      return "bad_protocol";
    case probe_end::loop:
      return "loop";
    case probe_end::no_smtputf8:
      return "no_smtputf8";
    case probe_end::tls_missing:
      return "tls_missing";
    case probe_end::tls_failed:
      return "tls_failed";
    case probe_end::auth_failed:
      return "auth_failed";
  }
  return "?";
}

}  // namespace cbv::smtp
