#include "api/verdict_writer.hpp"

#include <array>
#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstring>

#include "api/json_writer.hpp"
#include "api/verdict_json.hpp"

namespace cbv::api {
namespace {

// Writes to where there is room for all of it, so that nothing is checked on the way.
class unchecked_json {
 public:
  explicit unchecked_json(char* at) : at_(at) {}

  char* end() const noexcept { return at_; }

  // JSON as it is: member names with what stands around them.
  void raw(std::string_view json) {
    std::memcpy(at_, json.data(), json.size());
    at_ += json.size();
  }

  void text(std::string_view value) {
    if (!is_plain_json_text(value)) return raw(json_quoted(value));
    *at_++ = '"';
    if (!value.empty()) raw(value);
    *at_++ = '"';
  }

  void text_or_null(std::string_view value) { value.empty() ? raw("null") : text(value); }

  void number(std::integral auto value) { at_ = std::to_chars(at_, at_ + digits_max, value).ptr; }

  void time(wall_time when) {
    if (when.time_since_epoch().count() <= 0) return raw("null");
    *at_++ = '"';
    at_ = write_rfc3339(at_, when);
    *at_++ = '"';
  }

  static constexpr std::size_t digits_max = 20;

 private:
  char* at_;
};

void write_reply(unchecked_json& json, const std::optional<far_reply>& reply) {
  if (!reply) return json.raw("null");
  json.raw(R"({"code":)");
  json.number(reply->code);
  json.raw(R"(,"enhanced":)");
  json.text_or_null(reply->enhanced);
  json.raw(R"(,"text":)");
  json.text(reply->text);
  json.raw("}");
}

void write_tls(unchecked_json& json, const std::optional<tls_facts>& tls) {
  if (!tls) return json.raw("null");
  json.raw(R"({"protocol":)");
  json.text(tls->protocol);
  json.raw(tls->verified ? R"(,"verified":true})" : R"(,"verified":false})");
}

void write_catch_all(unchecked_json& json, catch_all found) {
  if (found == catch_all::untested) return json.raw("null");
  json.raw(found == catch_all::yes ? "true" : "false");
}

void write_advice(unchecked_json& json, const advice& given) {
  json.raw(R"({"action":)");
  json.text(to_string(given.action));
  json.raw(R"(,"code":)");
  json.number(given.code);
  json.raw(R"(,"enhanced":)");
  json.text(given.enhanced);
  json.raw(R"(,"text":)");
  json.text(given.text);
  json.raw("}");
}

void write(unchecked_json& json, std::string_view address, const verdict& found,
           const advice& given) {
  json.raw(R"({"address":)");
  json.text(address);
  json.raw(R"(,"status":)");
  json.text(to_string(found.status));
  json.raw(R"(,"reason":)");
  json.text(to_string(found.reason));
  json.raw(R"(,"stage":)");
  json.text(to_string(found.stage));
  json.raw(R"(,"source":)");
  json.text(to_string(found.source));
  json.raw(R"(,"catch_all":)");
  write_catch_all(json, found.catch_all);
  json.raw(R"(,"host":)");
  json.text_or_null(found.host);
  json.raw(R"(,"host_ip":)");
  json.text_or_null(found.host_ip);
  json.raw(R"(,"tls":)");
  write_tls(json, found.tls);
  json.raw(R"(,"reply":)");
  write_reply(json, found.reply);
  json.raw(R"(,"detail":)");
  json.text_or_null(found.detail);
  json.raw(R"(,"checked_at":)");
  json.time(found.checked_at);
  json.raw(R"(,"refresh_at":)");
  json.time(found.refresh_at);
  json.raw(R"(,"expires_at":)");
  json.time(found.expires_at);
  json.raw(R"(,"elapsed_ms":)");
  json.number(found.elapsed.count());
  json.raw(R"(,"advice":)");
  write_advice(json, given);
  json.raw("}");
}

// At most: each octet of a text may become an escape, and the rest has a fixed length.
std::size_t octets_max(std::string_view address, const verdict& found, const advice& given) {
  constexpr std::size_t around_the_texts = 1'024;  // names, words, numbers, times
  std::size_t texts = address.size() + found.host.size() + found.host_ip.size() +
                      found.detail.size() + given.enhanced.size() + given.text.size();
  if (found.tls) texts += found.tls->protocol.size();
  if (found.reply) texts += found.reply->enhanced.size() + found.reply->text.size();
  return around_the_texts + json_escape_octets_max * texts;
}

}  // namespace

void write_verdict(std::string& out, std::string_view address, const verdict& found,
                   const advice& given) {
  std::array<char, 4'096> here;  // NOLINT(*-member-init): written before it is read
  std::string elsewhere;
  char* begin = here.data();
  if (const std::size_t most = octets_max(address, found, given); most > here.size()) {
    elsewhere.resize(most);
    begin = elsewhere.data();
  }
  unchecked_json json(begin);
  write(json, address, found, given);
  out.append(begin, json.end());
}

std::string render_verdict(std::string_view address, const verdict& found, const advice& given) {
  std::string out;
  write_verdict(out, address, found, given);
  return out;
}

}  // namespace cbv::api
