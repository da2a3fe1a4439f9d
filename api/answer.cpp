#include "api/answer.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>

#include "api/verdict_json.hpp"

namespace cbv::api {
namespace {

using nlohmann::json;

// Reads members of one object; the first that is missing or unfit makes all of it unfit.
class member_reader {
 public:
  explicit member_reader(const json& object) : object_(object), fit_(object.is_object()) {}

  bool fit() const { return fit_; }
  bool has(const char* name) const { return fit_ && object_.contains(name); }

  const json& member(const char* name) {
    static const json none;
    if (!fit_) return none;
    const auto found = object_.find(name);
    fit_ = found != object_.end();
    return fit_ ? *found : none;
  }

  std::string text(const char* name) {
    const json& value = member(name);
    require(value.is_string());
    return fit_ ? value.get<std::string>() : std::string();
  }

  std::string text_or_null(const char* name) {
    return member(name).is_null() ? std::string() : text(name);
  }

  std::int64_t number(const char* name) {
    const json& value = member(name);
    require(value.is_number_integer());
    return fit_ ? value.get<std::int64_t>() : 0;
  }

  bool truth(const char* name) {
    const json& value = member(name);
    require(value.is_boolean());
    return fit_ && value.get<bool>();
  }

  template <class Word>
  Word word(const char* name) {
    const auto known = word_from_name<Word>(text(name));
    require(known.has_value());
    return known.value_or(Word{});
  }

  wall_time time(const char* name);

  void require(bool fits) { fit_ = fit_ && fits; }

 private:
  const json& object_;
  bool fit_;
};

wall_time member_reader::time(const char* name) {
  if (member(name).is_null()) return {};
  const auto when = parse_rfc3339(text(name));
  require(when.has_value());
  return when.value_or(wall_time{});
}

catch_all read_catch_all(member_reader& from) {
  const json& value = from.member("catch_all");
  if (value.is_null()) return catch_all::untested;
  from.require(value.is_boolean());
  return from.fit() && value.get<bool>() ? catch_all::yes : catch_all::no;
}

std::optional<far_reply> read_reply(member_reader& from) {
  const json& value = from.member("reply");
  if (value.is_null()) return std::nullopt;
  member_reader members(value);
  far_reply reply;
  reply.code = static_cast<int>(members.number("code"));
  reply.enhanced = members.text_or_null("enhanced");
  reply.text = members.text("text");
  from.require(members.fit());
  return reply;
}

// A daemon from before this member leaves it out.
std::optional<tls_facts> read_tls(member_reader& from) {
  if (!from.has("tls") || from.member("tls").is_null()) return std::nullopt;
  member_reader members(from.member("tls"));
  tls_facts facts;
  facts.protocol = members.text("protocol");
  facts.verified = members.truth("verified");
  from.require(members.fit());
  return facts;
}

advice read_advice(member_reader& from) {
  member_reader members(from.member("advice"));
  advice given;
  const auto known = action_from_name(members.text("action"));
  members.require(known.has_value());
  given.action = known.value_or(action::accept);
  given.code = static_cast<int>(members.number("code"));
  given.enhanced = members.text("enhanced");
  given.text = members.text("text");
  from.require(members.fit());
  return given;
}

}  // namespace

std::optional<answer> read_answer(std::string_view text) {
  constexpr bool throws = false;
  const json parsed = json::parse(text, nullptr, throws);
  member_reader members(parsed);
  answer read;
  read.address = members.text("address");
  read.verdict.status = members.word<status>("status");
  read.verdict.reason = members.word<reason>("reason");
  read.verdict.stage = members.word<stage>("stage");
  read.verdict.source = members.word<source>("source");
  read.verdict.catch_all = read_catch_all(members);
  read.verdict.host = members.text_or_null("host");
  read.verdict.host_ip = members.text_or_null("host_ip");
  read.verdict.tls = read_tls(members);
  read.verdict.reply = read_reply(members);
  read.verdict.detail = members.text_or_null("detail");
  read.verdict.checked_at = members.time("checked_at");
  read.verdict.refresh_at = members.time("refresh_at");
  read.verdict.expires_at = members.time("expires_at");
  read.verdict.elapsed = std::chrono::milliseconds(members.number("elapsed_ms"));
  read.advice = read_advice(members);
  if (!members.fit()) return std::nullopt;
  return read;
}

}  // namespace cbv::api
