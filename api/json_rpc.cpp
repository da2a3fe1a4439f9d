#include "api/json_rpc.hpp"

#include <array>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "api/json_writer.hpp"

namespace cbv::api {
namespace {

using kind = json_value::kind;

// A request as it is being read; what is wrong with it is the first complaint.
struct draft {
  request made;
  bool has_jsonrpc = false;
  bool has_method = false;
  bool has_params = false;
  bool has_id = false;
  bool id_usable = false;
  std::string complaint;

  void complain(std::string what) {
    if (complaint.empty()) complaint = std::move(what);
  }
};

// Takes the events of nlohmann's parser and builds no tree: a request is flat but for what its
// parameters hold, and what is deeper is not looked into.
class message_reader final : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit message_reader(const message_limits& limits) : limits_(limits) {}

  message finish(bool parsed);
  bool refuse_octet(std::size_t position);

  bool null() override { return scalar(json_value()); }
  bool boolean(bool value) override { return scalar({kind::boolean, value, {}}); }
  bool number_integer(number_integer_t value) override {
    return scalar({kind::number, false, std::to_string(value)});
  }
  bool number_unsigned(number_unsigned_t value) override {
    return scalar({kind::number, false, std::to_string(value)});
  }
  bool number_float(number_float_t /*value*/, const string_t& text) override {
    return scalar({kind::number, false, text});
  }
  bool string(string_t& text) override { return scalar({kind::string, false, std::move(text)}); }
  bool binary(binary_t& /*value*/) override { return false; }  // JSON has none
  bool key(string_t& name) override {
    if (open_.back() != inside::ignored) key_ = std::move(name);
    return true;
  }
  bool start_object(std::size_t /*size*/) override { return open(kind::object); }
  bool start_array(std::size_t /*size*/) override { return open(kind::array); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool parse_error(std::size_t position, const std::string& /*token*/,
                   const nlohmann::json::exception& /*why*/) override {
    return refuse_octet(position);
  }

 private:
  // What is open: the batch, a request, its parameters, or something that is not looked into.
  enum class inside { batch, request, params, ignored };

  bool scalar(json_value value);
  bool open(kind what);
  bool close();
  bool refuse_entry(kind what);
  void take_member(json_value value);
  void finish_request();
  bool add(std::variant<request, refused> entry);
  bool abandon(fault_code code, std::string detail);

  const message_limits& limits_;
  message read_;
  std::vector<inside> open_;
  draft draft_;
  std::string key_;
  std::optional<fault> abandoned_;
};

message message_reader::finish(bool parsed) {
  if (!parsed) {
    read_.batch = false;
    read_.entries.clear();
    read_.entries.emplace_back(refused{"null", abandoned_.value_or(fault())});
  } else if (read_.entries.empty()) {
    read_.batch = false;
    read_.entries.emplace_back(refused{"null", {fault_code::invalid_request, "an empty batch"}});
  }
  return std::move(read_);
}

bool message_reader::refuse_octet(std::size_t position) {
  return abandon(fault_code::parse_error, "not JSON at octet " + std::to_string(position));
}

bool message_reader::scalar(json_value value) {
  if (open_.empty() || open_.back() == inside::batch) return refuse_entry(value.is);
  if (open_.back() == inside::params) {
    draft_.made.params.push_back({std::exchange(key_, {}), std::move(value)});
  } else if (open_.back() == inside::request) {
    take_member(std::move(value));
  }
  return true;
}

bool message_reader::open(kind what) {
  if (open_.size() == limits_.depth_max) {
    return abandon(fault_code::parse_error,
                   "nested deeper than " + std::to_string(limits_.depth_max) + " levels");
  }
  if (open_.empty() && what == kind::array) {
    read_.batch = true;
    open_.push_back(inside::batch);
  } else if (open_.empty() || open_.back() == inside::batch) {
    if (what == kind::array && !refuse_entry(what)) return false;
    open_.push_back(what == kind::object ? inside::request : inside::ignored);
    draft_ = draft();
  } else if (open_.back() == inside::request && key_ == "params" && !draft_.has_params) {
    draft_.has_params = true;
    draft_.made.by_position = what == kind::array;
    open_.push_back(inside::params);
    key_.clear();
  } else {
    scalar({what, false, {}});
    open_.push_back(inside::ignored);
  }
  return true;
}

bool message_reader::close() {
  const inside closed = open_.back();
  open_.pop_back();
  if (closed == inside::request) finish_request();
  return !abandoned_;
}

bool message_reader::refuse_entry(kind what) {
  return add(refused{
      "null",
      {fault_code::invalid_request, "expected an object, got " + std::string(to_string(what))}});
}

void message_reader::take_member(json_value value) {
  const auto expect = [this, &value](bool fits, std::string_view wanted) {
    if (fits) return true;
    draft_.complain(key_ + ": expected " + std::string(wanted) + ", got " +
                    std::string(to_string(value.is)));
    return false;
  };
  const auto first = [this](bool& has) {
    if (has) draft_.complain(key_ + ": given twice");
    return !std::exchange(has, true);
  };
  if (key_ == "jsonrpc") {
    first(draft_.has_jsonrpc);
    if (value.is != kind::string || value.text != "2.0") {
      draft_.complain("jsonrpc: expected \"2.0\"");
    }
  } else if (key_ == "method") {
    first(draft_.has_method);
    if (expect(value.is == kind::string, "a string")) draft_.made.method = std::move(value.text);
  } else if (key_ == "params") {
    if (first(draft_.has_params)) expect(false, "an object or an array");
  } else if (key_ == "id") {
    const bool once = first(draft_.has_id);
    const bool fits =
        expect(value.is == kind::string || value.is == kind::number || value.is == kind::null,
               "a string, a number or null");
    draft_.id_usable = once && fits;
    if (!draft_.id_usable) return;
    draft_.made.id = value.is == kind::string   ? json_quoted(value.text)
                     : value.is == kind::number ? std::move(value.text)
                                                : "null";
  }
}

void message_reader::finish_request() {
  if (!draft_.has_jsonrpc) draft_.complain("jsonrpc: missing");
  if (!draft_.has_method) draft_.complain("method: missing");
  if (draft_.complaint.empty()) {
    add(std::move(draft_.made));
    return;
  }
  // What is not a request is no notification either, so it is answered even without an id.
  refused bad;
  if (draft_.id_usable) bad.id = std::move(draft_.made.id);
  bad.why = {fault_code::invalid_request, std::move(draft_.complaint)};
  add(std::move(bad));
}

bool message_reader::add(std::variant<request, refused> entry) {
  if (read_.entries.size() == limits_.entries_max) {
    return abandon(fault_code::too_many_requests,
                   "more than " + std::to_string(limits_.entries_max) + " in a batch");
  }
  read_.entries.push_back(std::move(entry));
  return true;
}

bool message_reader::abandon(fault_code code, std::string detail) {
  if (!abandoned_) abandoned_ = fault{code, std::move(detail)};
  return false;
}

}  // namespace

std::string_view message_of(fault_code code) noexcept {
  switch (code) {
    case fault_code::parse_error:
      return "Parse error";
    case fault_code::invalid_request:
      return "Invalid Request";
    case fault_code::method_not_found:
      return "Method not found";
    case fault_code::invalid_params:
      return "Invalid params";
    case fault_code::internal_error:
      return "Internal error";
    case fault_code::line_too_long:
      return "Line too long";
    case fault_code::too_many_requests:
      return "Too many requests";
    case fault_code::too_many_clients:
      return "Too many clients";
    case fault_code::not_authenticated:
      return "Not authenticated";
    case fault_code::method_not_allowed:
      return "Method not allowed";
    case fault_code::settings_not_read:
      return "Settings not read";
  }
  return "Internal error";
}

std::string_view to_string(json_value::kind kind) noexcept {
  constexpr std::array<std::string_view, 6> names{"null",     "a boolean", "a number",
                                                  "a string", "an array",  "an object"};
  return names[static_cast<std::size_t>(kind)];
}

message read_message(std::string_view text, const message_limits& limits) {
  message_reader reader(limits);
  // The parser takes a NUL for the end of its input and would not see what follows.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    reader.refuse_octet(nul + 1);
    return reader.finish(false);
  }
  const bool parsed = nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
  return reader.finish(parsed);
}

void begin_result(std::string& out, std::string_view id) {
  out += R"({"jsonrpc":"2.0","id":)";
  out += id;
  out += R"(,"result":)";
}

void end_result(std::string& out) {
  out += '}';
}

std::string render_result(std::string_view id, std::string_view result) {
  std::string out;
  out.reserve(id.size() + result.size() + 40);
  begin_result(out, id);
  out += result;
  end_result(out);
  return out;
}

std::string render_fault(std::string_view id, const fault& why) {
  std::string out;
  json_writer json(out);
  json.begin_object();
  json.key("jsonrpc");
  json.text("2.0");
  json.key("id");
  json.raw(id);
  json.key("error");
  json.begin_object();
  json.key("code");
  json.number(static_cast<int>(why.code));
  json.key("message");
  json.text(message_of(why.code));
  if (!why.detail.empty()) {
    json.key("data");
    json.text(why.detail);
  }
  json.end_object();
  json.end_object();
  return out;
}

}  // namespace cbv::api
