// One finished question, as the tables of cbv-probe show it.
#ifndef CBV_TOOLS_CBV_PROBE_FINDING_HPP
#define CBV_TOOLS_CBV_PROBE_FINDING_HPP

#include <cstdint>
#include <string>
#include <string_view>

#include "cbv/base/result.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::probe {

/// A verdict's fields as text, from the JSON object of api/PROTOCOL.md.
struct finding {
  std::string address;
  cbv::role role = cbv::role::recipient;
  cbv::status status = cbv::status::unknown;
  std::string reason;
  std::string stage;
  std::string source;
  std::string host;
  std::string host_ip;
  std::string tls;    // "TLSv1.3, verified", "TLSv1.2, not verified"; empty if in clear
  std::string reply;  // "550 5.1.1 no such user", or the detail where no far host spoke
  std::int64_t elapsed_ms = 0;
  std::string json;  // the whole object on one line, with the role added
};

/// Reads a verdict object; errc::request_malformed if it is none.
result<finding> parse_finding(std::string_view verdict_json, role asked_as);

}  // namespace cbv::probe

#endif
