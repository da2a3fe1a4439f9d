#include "api/cache_line.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "api/cache_call.hpp"
#include "api/line_object.hpp"
#include "api/verdict_json.hpp"
#include "cache/records/booking_record.hpp"
#include "cache/records/domain_record.hpp"
#include "cache/records/host_record.hpp"
#include "cache/records/record.hpp"
#include "cbv/base/ascii.hpp"

namespace cbv::api {
namespace {

using cache::table;
using nlohmann::json;

constexpr std::string_view digits = "0123456789abcdef";

std::optional<std::string> octets_of(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string octets;
  octets.reserve(hex.size() / 2);
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const std::size_t high = digits.find(hex[i]);
    const std::size_t low = digits.find(hex[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    octets += static_cast<char>(high * 16 + low);
  }
  return octets;
}

/// Remembers the first thing that was not as expected. Every member that is there is to be asked
/// for.
class line_reader {
 public:
  using kind = line_object::kind;
  using member = line_object::member;

  explicit line_reader(line_object& object) : object_(object) {}

  const std::string& complaint() const { return complaint_; }
  bool good() const { return complaint_.empty(); }

  void complain(std::string_view name, const std::string& what) {
    if (complaint_.empty()) complaint_ = prefix_ + std::string(name) + ": " + what;
  }

  std::string_view text(const char* name) {
    const member* value = find(name);
    if (value == nullptr) return missing(name);
    if (value->is != kind::text) return not_a("a string", *value);
    return value->text;
  }

  std::string_view text_or_none(const char* name) {
    const member* value = find(name);
    if (value == nullptr || value->is == kind::null) return {};
    if (value->is != kind::text) return not_a("a string or null", *value);
    return value->text;
  }

  wall_time time(const char* name, bool required) {
    const member* value = find(name);
    if (value == nullptr && required) missing(name);
    if (value == nullptr || value->is == kind::null) return {};
    const auto read = value->is == kind::text ? parse_rfc3339(value->text) : std::nullopt;
    if (!read) not_a("a time such as 2026-11-21T12:00:00Z, or null", *value);
    return read.value_or(wall_time{});
  }

  std::optional<wall_time> time_or_none(const char* name) {
    const wall_time read = time(name, false);
    if (read == wall_time{}) return std::nullopt;
    return read;
  }

  std::int64_t number(const char* name, std::int64_t least, std::int64_t most,
                      std::optional<std::int64_t> otherwise) {
    const member* value = find(name);
    if (value == nullptr && !otherwise) missing(name);
    if (value == nullptr) return otherwise.value_or(least);
    if (value->is_whole && value->number >= least && value->number <= most) return value->number;
    not_a("a whole number from " + std::to_string(least) + " to " + std::to_string(most), *value);
    return least;
  }

  bool truth(const char* name) {
    const member* value = find(name);
    if (value == nullptr || value->is != kind::truth) {
      value == nullptr ? missing(name) : not_a("true or false", *value);
      return false;
    }
    return value->truth;
  }

  template <class Word>
  Word word(const char* name, std::string_view what) {
    const std::string_view given = text(name);
    const auto known = word_from_name<Word>(given);
    if (!known && good()) {
      complain(name, "expected " + std::string(what) + ", got '" + shown_text(given) + "'");
    }
    return known.value_or(Word{});
  }

  catch_all taken_all() {
    const member* value = find("catch_all");
    if (value == nullptr || value->is == kind::null) return catch_all::untested;
    if (value->is != kind::truth) not_a("true, false or null", *value);
    return value->truth ? catch_all::yes : catch_all::no;
  }

  /// What an object that may be null has inside; nothing if there is none.
  template <class Value>
  std::optional<Value> object(const char* name, Value (*read)(line_reader&)) {
    const member* value = find(name);
    if (value == nullptr || value->is == kind::null) return std::nullopt;
    if (value->is != kind::object) {
      not_a("an object or null", *value);
      return std::nullopt;
    }
    const std::size_t around = std::exchange(inside_, object_.place_of(*value));
    prefix_ = std::string(name) + '.';
    Value made = read(*this);
    inside_ = around;
    prefix_.clear();
    return made;
  }

  void refuse_unknown() {
    for (const member& one : object_.members()) {
      if (one.asked) continue;
      if (one.inside != line_object::outermost) {
        const member& around = object_.members()[one.inside];
        if (!around.asked) continue;  // which is complained of itself
        prefix_ = std::string(around.name) + '.';
      }
      return complain(shown_text(one.name), "unknown member");
    }
  }

 private:
  static std::string shown_text(std::string_view text) { return shown(ascii::printable(text)); }

  const member* find(const char* name) { return object_.find(inside_, name); }

  std::string_view missing(const char* name) {
    complain(name, "missing");
    return {};
  }
  std::string_view not_a(const std::string& wanted, const member& got) {
    complain(got.name, "expected " + wanted + ", got " + described(got));
    return {};
  }
  static std::string described(const member& one) {
    switch (one.is) {
      case kind::text:
        return "'" + shown_text(one.text) + "'";
      case kind::number:
        return std::string(one.text);
      case kind::truth:
        return one.truth ? "true" : "false";
      default:
        return std::string(with_article(one.is));
    }
  }

  line_object& object_;
  std::size_t inside_ = line_object::outermost;
  std::string prefix_;  // of complaints: the object that is read
  std::string complaint_;
};

far_reply read_reply(line_reader& in) {
  far_reply reply;
  reply.code = static_cast<int>(in.number("code", 100, 999, std::nullopt));
  reply.enhanced = in.text_or_none("enhanced");
  reply.text = in.text_or_none("text");
  return reply;
}

tls_facts read_tls(line_reader& in) {
  tls_facts facts;
  facts.protocol = in.text("protocol");
  facts.verified = in.truth("verified");
  return facts;
}

host_trouble read_trouble(line_reader& in) {
  host_trouble one;
  one.since = in.time("since", true);
  one.last = in.time("last", true);
  one.until = in.time("until", true);
  one.in_a_row = static_cast<std::uint8_t>(in.number("in_a_row", 0, 255, std::nullopt));
  one.said = in.text_or_none("said");
  return one;
}

constexpr std::int64_t octet_max = std::numeric_limits<std::uint8_t>::max();
constexpr std::int64_t elapsed_max = std::numeric_limits<std::uint32_t>::max();

/// The mailbox of a key, given as cache_key() has it: its domain may be longer in A-labels than a
/// path can be, so the two halves are read apart.
std::string read_mailbox_key(line_reader& in, role side) {
  const std::string_view given = in.text("address");
  const std::size_t at = given.rfind('@');
  if (!in.good()) return {};
  if (at == std::string::npos) {
    in.complain("address", "expected local-part@domain");
    return {};
  }
  const auto local = parse_mailbox(std::string(given.substr(0, at)) + "@a.example");
  const auto where = domain::parse(given.substr(at + 1), at + 2);
  if (!local || !where) {
    in.complain("address", to_string(local ? where.error() : local.error()));
    return {};
  }
  std::string folded = cache_key(*local);
  folded.resize(folded.rfind('@') + 1);
  return std::string(cache::encode_key(side, folded + where->text()).octets());
}

role read_role(line_reader& in) {
  return in.word<role>("role", "sender or recipient");
}

void read_verdict(line_reader& in, cache_record& into) {
  into.key = read_mailbox_key(in, read_role(in));
  cache::record held;
  verdict& v = held.verdict;
  v.status = in.word<status>("status", "deliverable, undeliverable or unknown");
  v.reason = in.word<reason>("reason", "a reason");
  v.stage = in.word<stage>("stage", "a stage");
  v.source = in.word<source>("source", "a source");
  v.catch_all = in.taken_all();
  held.failures = static_cast<std::uint8_t>(in.number("failures", 0, octet_max, 0));
  if (const std::string_view by = in.text_or_none("disputed_by"); !by.empty()) {
    held.disputed_by = word_from_name<reason>(by);
    if (!held.disputed_by) {
      in.complain("disputed_by", "expected a reason, got '" + shown(by) + "'");
    }
    if (v.status != status::deliverable) {
      in.complain("disputed_by", "only what is deliverable can be disputed");
    }
  }
  v.host = in.text_or_none("host");
  v.host_ip = in.text_or_none("host_ip");
  v.tls = in.object<tls_facts>("tls", read_tls);
  v.reply = in.object<far_reply>("reply", read_reply);
  v.detail = in.text_or_none("detail");
  v.checked_at = in.time("checked_at", true);
  v.refresh_at = in.time("refresh_at", true);
  v.expires_at = in.time("expires_at", true);
  v.elapsed = std::chrono::milliseconds(in.number("elapsed_ms", 0, elapsed_max, 0));
  if (!in.good()) return;
  into.octets = cache::encode_record(into.key, held);
  const auto back = cache::decode_record(into.key, into.octets);
  if (!back) in.complain("reason", "does not belong to the status");
  if (back && *back != held) in.complain("record", "a text or a time is more than a record holds");
}

void read_domain(line_reader& in, cache_record& into) {
  const role side = read_role(in);
  const std::string_view given = in.text("domain");
  cache::domain_record held;
  held.catch_all = in.taken_all();
  held.catch_all_at = in.time("catch_all_at", false);
  held.catch_all_tested_at = in.time_or_none("catch_all_tested_at");
  held.null_sender_refused_at = in.time_or_none("null_sender_refused_at");
  if (!in.good()) return;
  const auto named = domain::parse(given);
  if (!named) return in.complain("domain", to_string(named.error()));
  into.key = cache::encode_domain_key(side, *named).octets();
  into.octets = cache::encode_domain_record(into.key, held);
  const auto back = cache::decode_domain_record(into.key, into.octets);
  if (!back || *back != held) in.complain("record", "a time is more than a record holds");
}

void read_booking(line_reader& in, cache_record& into) {
  const role side = read_role(in);
  const std::string_view given = in.text("address");
  const wall_time due = in.time("due_at", true);
  const auto tries = static_cast<std::uint8_t>(in.number("tries", 0, octet_max, 0));
  if (!in.good()) return;
  const auto address = parse_mailbox(given);
  if (!address) return in.complain("address", to_string(address.error()));
  const booking held{side, *address, due, tries};
  into.key = cache::encode_key(side, *address).octets();
  into.octets = cache::encode_booking(into.key, held);
  const auto back = cache::decode_booking(into.key, into.octets);
  if (!back || *back != held) in.complain("due_at", "more than a record holds");
}

void read_host(line_reader& in, cache_record& into) {
  const std::string_view given = in.text("host_ip");
  host_facts held;
  held.unreachable = in.object<host_trouble>("unreachable", read_trouble);
  held.refused = in.object<host_trouble>("refused", read_trouble);
  if (!in.good()) return;
  boost::system::error_code none;
  const auto ip = boost::asio::ip::make_address(given, none);
  if (none) return in.complain("host_ip", "expected an IP address, got '" + shown(given) + "'");
  into.key = cache::encode_host_key(ip);
  into.octets = cache::encode_host_record(into.key, held);
  const auto back = cache::decode_host_record(into.key, into.octets);
  if (!back || *back != held) in.complain("record", "a text or a time is more than a record holds");
}

/// The record has more to it than its members say: it comes in hex as well, and must say the same.
void read_octets(line_reader& in, std::string_view line, cache_record& into) {
  const std::string_view hex = in.text_or_none("octets");
  if (hex.empty() || !in.good()) return;
  auto octets = octets_of(hex);
  if (!octets) return in.complain("octets", "expected octets in hex");
  const cache_record by_octets{into.of, into.key, *octets};
  if (is_damaged(by_octets)) {
    return in.complain("octets", "not those of such a record under such a key");
  }
  json theirs = json::parse(render_line(by_octets), nullptr, false);
  theirs["octets"] = hex;
  if (theirs != json::parse(line, nullptr, false)) {
    return in.complain("octets",
                       "they say something else than the other members; without them, "
                       "those are taken");
  }
  into.octets = std::move(*octets);
}

}  // namespace

std::variant<cache_record, std::string> read_line(std::string_view line) {
  line_object object;
  if (auto none = object.parse(line); !none.empty()) return none;
  line_reader in(object);
  cache_record made;
  const std::string_view which = in.text("table");
  const auto of = table_from_name(which);
  if (in.good() && !of) {
    in.complain("table",
                "expected verdicts, domains, bookings or hosts, got '" + shown(which) + "'");
  }
  if (!in.good()) return in.complaint();
  made.of = *of;
  if (object.has_control()) return std::string("expected no control characters in any member");
  switch (made.of) {
    case table::verdicts:
      read_verdict(in, made);
      break;
    case table::domains:
      read_domain(in, made);
      break;
    case table::bookings:
      read_booking(in, made);
      break;
    default:
      read_host(in, made);
      break;
  }
  read_octets(in, line, made);
  in.refuse_unknown();
  if (!in.good()) return in.complaint();
  return made;
}

}  // namespace cbv::api
