// cbv's methods on JSON-RPC: what they take and how their results are written (PROTOCOL.md). Pure.
#ifndef CBV_API_PROTOCOL_HPP
#define CBV_API_PROTOCOL_HPP

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "api/cache_call.hpp"
#include "api/health_facts.hpp"
#include "api/json_rpc.hpp"
#include "api/reload_report.hpp"
#include "api/verdict_writer.hpp"
#include "cbv/counting/history.hpp"
#include "cbv/envelope/judgement.hpp"
#include "cbv/verdict/query.hpp"

namespace cbv::api {

/// A request that is understood. `asked` is of the two verify methods, `of_envelope` of check,
/// `of_cache` of those of the cache, `of_past` of stats.
struct call {
  api::method method = method::version;
  query asked;
  envelope::question of_envelope;
  cache_call of_cache;
  history_question of_past;
  std::string token;  // of authenticate
};

/// "verify_sender" and so on.
std::string_view to_string(method which) noexcept;
std::optional<method> method_from_name(std::string_view name) noexcept;

/// verify_sender and verify_recipient.
constexpr bool is_verify(method which) noexcept {
  return which == method::verify_sender || which == method::verify_recipient;
}

/// What a request asks for. A parameter that is unknown, missing, given twice or of the wrong type
/// is named in the fault.
std::variant<call, fault> read_call(const request& asked);

/// The results of the other methods, as JSON.
std::string render_health(const health_facts& facts);
std::string render_version();
std::string render_authenticated();
std::string render_reloaded(const reload_report& made);

/// What is wrong with the settings, a line each, the first of them.
fault fault_of(const reload_report& made);

}  // namespace cbv::api

#endif
