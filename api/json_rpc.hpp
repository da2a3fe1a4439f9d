// JSON-RPC 2.0 without I/O: one message (a request or a batch) in, requests and faults out, and the
// responses' text. Knows no method.
#ifndef CBV_API_JSON_RPC_HPP
#define CBV_API_JSON_RPC_HPP

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cbv::api {

/// The error codes that are spoken: those of JSON-RPC 2.0 section 5.1, and our own.
enum class fault_code : int {
  parse_error = -32700,
  invalid_request = -32600,
  method_not_found = -32601,
  invalid_params = -32602,
  internal_error = -32603,
  line_too_long = -32001,
  too_many_requests = -32002,
  too_many_clients = -32003,
  not_authenticated = -32004,
  method_not_allowed = -32005,
  settings_not_read = -32006,
};

/// The fixed message of a code; "Parse error" and so on.
std::string_view message_of(fault_code code) noexcept;

/// Why a request gets no result. `detail` is for people, and may be empty.
struct fault {
  fault_code code = fault_code::internal_error;
  std::string detail;

  friend bool operator==(const fault&, const fault&) = default;
};

/// A parameter's value. No method takes an array or an object, so of these only the kind is kept.
struct json_value {
  enum class kind { null, boolean, number, string, array, object };

  kind is = kind::null;
  bool truth = false;  // of a boolean
  std::string text;    // of a string; of a number, as it was sent
};

/// "null", "a boolean", "a string" and so on: for complaints.
std::string_view to_string(json_value::kind kind) noexcept;

struct json_member {
  std::string name;  // empty for a parameter given by position
  json_value value;
};

struct request {
  std::string id;  // as JSON text: "7", "\"a\"", "1.50", "null"; empty for a notification
  std::string method;
  bool by_position = false;  // the parameters were an array
  std::vector<json_member> params;

  bool is_notification() const noexcept { return id.empty(); }
};

/// What is not a request, and the id its fault is answered under.
struct refused {
  std::string id = "null";
  fault why;
};

struct message {
  bool batch = false;
  std::vector<std::variant<request, refused>> entries;
};

struct message_limits {
  std::size_t depth_max = 32;       // arrays and objects within one another
  std::size_t entries_max = 1'000;  // requests in a batch
};

/// Reads one message. Whatever the octets, the outcome is a message with at least one entry: what
/// is not JSON in UTF-8, not a request, or over a limit is a `refused`. A member given twice is
/// refused; members that JSON-RPC does not know are ignored. Pure.
message read_message(std::string_view text, const message_limits& limits);

/// A response, without a line end. `id` and `result` are JSON text.
void begin_result(std::string& out, std::string_view id);  // behind it comes the result,
void end_result(std::string& out);                         // and then this
std::string render_result(std::string_view id, std::string_view result);
std::string render_fault(std::string_view id, const fault& why);

}  // namespace cbv::api

#endif
