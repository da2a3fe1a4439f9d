#include "api/http_pages.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/ip/address.hpp>
#include <string_view>
#include <utility>

#include "api/metrics.hpp"
#include "api/page/document.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/base/shown.hpp"

namespace cbv::api {
namespace {

struct place {
  std::string_view path;
  http_page page;
};

constexpr std::array places{
    place{"/", http_page::index},        place{"/healthz", http_page::healthz},
    place{"/readyz", http_page::readyz}, place{"/metrics", http_page::metrics},
    place{"/stats", http_page::stats},   place{"/rpc", http_page::rpc},
};

constexpr std::string_view plain = "text/plain; charset=utf-8";
constexpr std::string_view json = "application/json";
constexpr std::string_view html = "text/html; charset=utf-8";

// "application/json; charset=utf-8" too; and the names that JSON-RPC over HTTP has had.
bool is_json(std::string_view content_type) {
  const std::string_view type = ascii::trim(content_type.substr(0, content_type.find(';')));
  constexpr std::array<std::string_view, 3> known{json, "application/json-rpc",
                                                  "application/jsonrequest"};
  return std::any_of(known.begin(), known.end(),
                     [type](std::string_view one) { return ascii::iequals(type, one); });
}

http_answer text_answer(unsigned status, std::string_view type, std::string body) {
  http_answer made;
  made.status = status;
  made.content_type = type;
  made.body = std::move(body);
  return made;
}

http_answer index_page() {
  static const std::string header =
      "Content-Security-Policy: " + content_security_policy(page_document()) +
      "\r\nReferrer-Policy: no-referrer\r\nCross-Origin-Resource-Policy: same-origin\r\n";
  http_answer made = text_answer(200, html, std::string(page_document()));
  made.header = header;
  return made;
}

http_answer readiness(const health_facts& facts) {
  if (facts.stopping) return text_answer(503, plain, "stopping\n");
  // Without its cache it answers all the same, and knows it; overloaded, it still answers what is
  // in memory, and whoever sends its questions elsewhere loses that.
  if (!facts.store_ok) return text_answer(200, plain, "ready, without its cache\n");
  return text_answer(200, plain, facts.overloaded ? "ready, but overloaded\n" : "ready\n");
}

}  // namespace

std::variant<http_page, http_answer> find_page(const http_request& asked) {
  const auto* const found = std::find_if(
      places.begin(), places.end(), [&asked](const place& one) { return one.path == asked.path; });
  if (found == places.end()) return http_refusal(404, "see /");
  const bool is_rpc = found->page == http_page::rpc;
  const bool allowed =
      is_rpc ? asked.method == "POST" : asked.method == "GET" || asked.method == "HEAD";
  if (!allowed) {
    http_answer refused = http_refusal(405, {});
    refused.header = is_rpc ? "Allow: POST\r\n" : "Allow: GET, HEAD\r\n";
    return refused;
  }
  if (is_rpc && !is_json(asked.content_type)) {
    http_answer refused = http_refusal(415, "expected Content-Type: application/json");
    refused.header = "Accept: application/json\r\n";
    return refused;
  }
  return found->page;
}

std::string_view token_of(const http_request& asked) {
  constexpr std::string_view scheme = "Bearer ";
  const std::string_view shown = asked.authorization;
  if (!ascii::iequals(shown.substr(0, scheme.size()), scheme)) return {};
  return ascii::trim(shown.substr(scheme.size()));
}

bool wants_token(http_page page) {
  return page == http_page::metrics || page == http_page::stats || page == http_page::rpc;
}

http_answer token_wanted() {
  http_answer refused = http_refusal(401, "expected Authorization: Bearer TOKEN");
  refused.header = "WWW-Authenticate: Bearer\r\n";
  return refused;
}

bool is_about_addresses(http_page page) {
  return page == http_page::stats || page == http_page::rpc;
}

bool is_own_host(std::string_view host, const name_list& names) {
  const bool has_brackets = host.starts_with('[') && host.find(']') != host.npos;
  host = has_brackets ? host.substr(1, host.find(']') - 1) : host.substr(0, host.find(':'));
  if (host.empty()) return !has_brackets;  // HTTP/1.0
  boost::system::error_code no_address;
  boost::asio::ip::make_address(host, no_address);
  if (!no_address) return true;
  if (host.ends_with('.')) host.remove_suffix(1);
  constexpr std::string_view below = ".localhost";  // RFC 6761 section 6.3
  const auto begin = host.size() - std::min(host.size(), below.size());
  return ascii::iequals(host, below.substr(1)) || ascii::iequals(host.substr(begin), below) ||
         names.matches(host);
}

http_answer other_host(std::string_view host) {
  constexpr std::size_t octets_max = 100;
  return http_refusal(421,
                      "expected an IP address, localhost or a name of http.hosts as Host, got " +
                          shown(host, octets_max));
}

http_answer render_page(http_page page, const counters& counted, const health_facts& facts) {
  switch (page) {
    case http_page::index:
      return index_page();
    case http_page::healthz:
      return text_answer(200, plain, "alive\n");
    case http_page::readyz:
      return readiness(facts);
    case http_page::metrics:
      return text_answer(200, metrics_type, render_metrics(counted, facts));
    case http_page::stats:
    case http_page::rpc:
      break;
  }
  return http_refusal(500, {});
}

http_answer stats_answer(std::string result) {
  return text_answer(200, json, std::move(result) + '\n');
}

http_answer rpc_answer(std::string responses) {
  const unsigned status = responses.empty() ? 204 : 200;
  return text_answer(status, json, std::move(responses));
}

}  // namespace cbv::api
