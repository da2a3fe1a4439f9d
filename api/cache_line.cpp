#include "api/cache_line.hpp"

#include <cstdint>
#include <optional>
#include <utility>

#include "api/verdict_json.hpp"
#include "cache/records/booking_record.hpp"
#include "cache/records/domain_record.hpp"
#include "cache/records/host_record.hpp"
#include "cache/records/key_text.hpp"
#include "cache/records/record.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/base/utf8.hpp"

namespace cbv::api {
namespace {

using cache::table;

constexpr std::string_view digits = "0123456789abcdef";

std::string hex_of(std::string_view octets) {
  std::string hex;
  hex.reserve(octets.size() * 2);
  for (const char c : octets) {
    hex += digits[static_cast<unsigned char>(c) >> 4U];
    hex += digits[static_cast<unsigned char>(c) & 0xfU];
  }
  return hex;
}

void write_text(json_writer& out, std::string_view name, std::string_view value) {
  out.key(name);
  out.text_or_null(value);
}

template <class Word>
void write_word(json_writer& out, std::string_view name, Word word) {
  out.key(name);
  out.text(to_string(word));
}

void write_number(json_writer& out, std::string_view name, std::int64_t value) {
  out.key(name);
  out.number(value);
}

/// What members say of a record: its octets made of them again, and whether JSON can say its texts.
struct said {
  std::string octets;
  bool in_utf8 = true;
};

bool is_utf8(const verdict& v) {
  const auto all = [](auto... texts) { return (utf8::is_valid(texts) && ...); };
  return all(v.host, v.host_ip, v.detail) && (!v.reply || all(v.reply->enhanced, v.reply->text)) &&
         (!v.tls || utf8::is_valid(v.tls->protocol));
}

bool is_utf8(const std::optional<host_trouble>& one) {
  return !one || utf8::is_valid(one->said);
}

/// Each writes what it knows of the record; false if it is damaged.
bool write_verdict(json_writer& out, const cache_record& of, said& all) {
  const auto name = cache::decode_key(of.key);
  const auto held = cache::decode_record(of.key, of.octets);
  if (!name || !held) return false;
  const verdict& v = held->verdict;
  write_word(out, "role", name->role);
  out.key("address");
  out.text(name->local_part + '@' + name->domain);
  write_word(out, "status", v.status);
  write_word(out, "reason", v.reason);
  write_word(out, "stage", v.stage);
  write_word(out, "source", v.source);
  write_catch_all(out, v.catch_all);
  write_number(out, "failures", held->failures);
  write_text(out, "disputed_by", held->disputed_by ? to_string(*held->disputed_by) : "");
  write_text(out, "host", v.host);
  write_text(out, "host_ip", v.host_ip);
  write_tls(out, v.tls);
  write_reply(out, v.reply);
  write_text(out, "detail", v.detail);
  write_time(out, "checked_at", v.checked_at);
  write_time(out, "refresh_at", v.refresh_at);
  write_time(out, "expires_at", v.expires_at);
  write_number(out, "elapsed_ms", v.elapsed.count());
  all = {cache::encode_record(of.key, *held), is_utf8(v)};
  return true;
}

bool write_domain(json_writer& out, const cache_record& of, said& all) {
  const auto name = cache::decode_key(of.key);
  const auto held = cache::decode_domain_record(of.key, of.octets);
  if (!name || !name->local_part.empty() || !held) return false;
  write_word(out, "role", name->role);
  out.key("domain");
  out.text(name->domain);
  write_catch_all(out, held->catch_all);
  write_time(out, "catch_all_at", held->catch_all_at);
  write_time(out, "catch_all_tested_at", held->catch_all_tested_at.value_or(wall_time{}));
  write_time(out, "null_sender_refused_at", held->null_sender_refused_at.value_or(wall_time{}));
  all.octets = cache::encode_domain_record(of.key, *held);
  return true;
}

bool write_booking(json_writer& out, const cache_record& of, said& all) {
  const auto held = cache::decode_booking(of.key, of.octets);
  if (!held) return false;
  write_word(out, "role", held->role);
  out.key("address");
  out.text(to_string(held->address));
  write_time(out, "due_at", held->due);
  write_number(out, "tries", held->tries);
  all.octets = cache::encode_booking(of.key, *held);
  return true;
}

void write_trouble(json_writer& out, std::string_view name,
                   const std::optional<host_trouble>& one) {
  out.key(name);
  if (!one) {
    out.null();
    return;
  }
  out.begin_object();
  write_time(out, "since", one->since);
  write_time(out, "last", one->last);
  write_time(out, "until", one->until);
  write_number(out, "in_a_row", one->in_a_row);
  write_text(out, "said", one->said);
  out.end_object();
}

bool write_host(json_writer& out, const cache_record& of, said& all) {
  const auto ip = cache::decode_host_key(of.key);
  const auto held = cache::decode_host_record(of.key, of.octets);
  if (!ip || !held) return false;
  out.key("host_ip");
  out.text(ip->to_string());
  write_trouble(out, "unreachable", held->unreachable);
  write_trouble(out, "refused", held->refused);
  all = {cache::encode_host_record(of.key, *held),
         is_utf8(held->unreachable) && is_utf8(held->refused)};
  return true;
}

bool write_members(json_writer& out, const cache_record& of, said& all) {
  switch (of.of) {
    case table::verdicts:
      return write_verdict(out, of, all);
    case table::domains:
      return write_domain(out, of, all);
    case table::bookings:
      return write_booking(out, of, all);
    case table::hosts:
      return write_host(out, of, all);
    case table::meta:
    case table::periods:
    case table::rankings:
      break;
  }
  return false;
}

/// What the members say, without "octets"; nothing if the record is damaged.
struct told {
  std::string members;
  bool complete = false;  // they say every octet
};
std::optional<told> tell(const cache_record& held) {
  told made;
  json_writer out(made.members);
  out.begin_object();
  out.key("table");
  out.text(cache::table_names[cache::index_of(held.of)]);
  said all;
  if (!write_members(out, held, all)) return std::nullopt;
  out.end_object();
  made.complete = all.in_utf8 && all.octets == held.octets;
  return made;
}

}  // namespace

std::optional<std::string> line_of(const cache_record& held) {
  auto known = tell(held);
  if (!known) return std::nullopt;
  if (known->complete) return std::move(known->members);
  known->members.pop_back();
  return known->members + R"(,"octets":")" + hex_of(held.octets) + "\"}";
}

std::string render_line(const cache_record& held) {
  if (auto known = line_of(held)) return *std::move(known);
  std::string line;
  json_writer out(line);
  out.begin_object();
  out.key("table");
  out.text(cache::table_names[cache::index_of(held.of)]);
  out.key("damaged");
  out.boolean(true);
  out.key("name");
  out.text(name_of(held));
  out.key("key");
  out.text(hex_of(held.key));
  write_number(out, "size", static_cast<std::int64_t>(held.octets.size()));
  out.end_object();
  return line;
}

bool is_damaged(const cache_record& held) {
  return !tell(held);
}

std::string name_of(const cache_record& held) {
  if (held.of == table::hosts) {
    const auto ip = cache::decode_host_key(held.key);
    return ip ? ip->to_string() : "key " + hex_of(held.key);
  }
  const auto name = cache::decode_key(held.key);
  if (!name) return "key " + hex_of(held.key);
  const std::string about =
      name->local_part.empty() ? name->domain : name->local_part + '@' + name->domain;
  return ascii::printable(about) + ", " + std::string(to_string(name->role));
}

}  // namespace cbv::api
