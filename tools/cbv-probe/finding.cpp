#include "tools/cbv-probe/finding.hpp"

#include <nlohmann/json.hpp>

namespace cbv::probe {
namespace {

using nlohmann::ordered_json;

/// The text under `key`; empty where there is none or it is null.
std::string text_of(const ordered_json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

/// "550 5.1.1 no such user".
std::string reply_of(const ordered_json& object) {
  const auto reply = object.find("reply");
  if (reply == object.end() || !reply->is_object()) return text_of(object, "detail");
  std::string text = std::to_string(reply->value("code", 0));
  for (const char* key : {"enhanced", "text"}) {
    if (const std::string part = text_of(*reply, key); !part.empty()) text += ' ' + part;
  }
  return text;
}

/// "TLSv1.3, verified".
std::string tls_of(const ordered_json& object) {
  const auto tls = object.find("tls");
  if (tls == object.end() || !tls->is_object()) return {};
  const auto verified = tls->find("verified");
  const bool is_verified = verified != tls->end() && *verified == true;
  return text_of(*tls, "protocol") + (is_verified ? ", verified" : ", not verified");
}

}  // namespace

result<finding> parse_finding(std::string_view verdict_json, role asked_as) {
  auto object = ordered_json::parse(verdict_json, nullptr, false);
  if (!object.is_object()) return errc::request_malformed;
  const auto judged = word_from_name<status>(text_of(object, "status"));
  if (!judged) return errc::request_malformed;
  finding found;
  found.status = *judged;
  found.role = asked_as;
  found.address = text_of(object, "address");
  found.reason = text_of(object, "reason");
  found.stage = text_of(object, "stage");
  found.source = text_of(object, "source");
  found.host = text_of(object, "host");
  found.host_ip = text_of(object, "host_ip");
  found.tls = tls_of(object);
  found.reply = reply_of(object);
  if (const auto elapsed = object.find("elapsed_ms");
      elapsed != object.end() && elapsed->is_number()) {
    found.elapsed_ms = elapsed->get<std::int64_t>();
  }
  object["role"] = to_string(asked_as);
  found.json = object.dump();
  return found;
}

}  // namespace cbv::probe
