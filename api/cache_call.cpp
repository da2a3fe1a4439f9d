#include "api/cache_call.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "cbv/base/ascii.hpp"

namespace cbv::api {
namespace {

constexpr std::int64_t age_max_s = 4'294'967'295;

taken take_address(const json_member& given, cache_call& into) {
  std::string text;
  if (taken bad = take_text(given, text)) return bad;
  auto read = parse_mailbox(text);
  if (!read) return wrong(given.name, to_string(read.error()));
  into.address = *std::move(read);
  return {};
}

taken take_domain(const json_member& given, cache_call& into) {
  std::string text;
  if (taken bad = take_text(given, text)) return bad;
  auto read = domain::parse(text);
  if (!read) return wrong(given.name, to_string(read.error()));
  into.at = *std::move(read);
  return {};
}

taken take_host(const json_member& given, cache_call& into) {
  std::string text;
  if (taken bad = take_text(given, text)) return bad;
  if (text.empty()) return wrong(given.name, "expected a host's name or address, got nothing");
  far_host wanted;
  boost::system::error_code not_an_address;
  const auto ip = boost::asio::ip::make_address(text, not_an_address);
  if (not_an_address) {
    wanted.name = ascii::to_lower(text);
  } else {
    wanted.ip = ip;
  }
  into.host = std::move(wanted);
  return {};
}

template <class Word>
taken take_word(const json_member& given, std::string_view what, std::optional<Word>& into) {
  std::string text;
  if (taken bad = take_text(given, text)) return bad;
  into = word_from_name<Word>(text);
  if (!into) {
    return wrong(given.name, "expected " + std::string(what) + ", got '" + shown(text) + "'");
  }
  return {};
}

taken take_role(const json_member& given, cache_call& into) {
  return take_word(given, "sender or recipient", into.role);
}
taken take_status(const json_member& given, cache_call& into) {
  return take_word(given, "deliverable, undeliverable or unknown", into.status);
}
taken take_reason(const json_member& given, cache_call& into) {
  return take_word(given, "a reason", into.reason);
}

taken take_table(const json_member& given, cache_call& into) {
  std::string text;
  if (taken bad = take_text(given, text)) return bad;
  into.of = table_from_name(text);
  if (!into.of) {
    return wrong(given.name,
                 "expected verdicts, domains, bookings or hosts, got '" + shown(text) + "'");
  }
  return {};
}

taken take_age(const json_member& given, std::optional<std::chrono::seconds>& into) {
  std::int64_t number = 0;
  if (taken bad = take_number(given, 0, age_max_s, number)) return bad;
  into = std::chrono::seconds(number);
  return {};
}
taken take_older(const json_member& given, cache_call& into) {
  return take_age(given, into.older);
}
taken take_newer(const json_member& given, cache_call& into) {
  return take_age(given, into.newer);
}

taken take_cursor(const json_member& given, cache_call& into) {
  std::string text;
  if (taken bad = take_text(given, text)) return bad;
  into.from = place_of_cursor(text);
  if (!into.from) return wrong(given.name, "expected what `next` was, got '" + shown(text) + "'");
  return {};
}

taken take_limit(const json_member& given, cache_call& into) {
  std::int64_t number = 0;
  if (taken bad = take_number(given, 1, cache_call::limit_max, number)) return bad;
  into.limit = static_cast<std::size_t>(number);
  return {};
}

taken take_subdomains(const json_member& given, cache_call& into) {
  return take_truth(given, into.subdomains);
}
taken take_lines(const json_member& given, cache_call& into) {
  return take_text(given, into.lines);
}
taken take_overwrite(const json_member& given, cache_call& into) {
  return take_truth(given, into.overwrite);
}
taken take_flush(const json_member& given, cache_call& into) {
  return take_truth(given, into.flush);
}

constexpr std::array<param<cache_call>, 2> get_params{
    {{"address", take_address}, {"domain", take_domain}}};

constexpr std::array<param<cache_call>, 11> list_params{{{"table", take_table},
                                                         {"role", take_role},
                                                         {"status", take_status},
                                                         {"reason", take_reason},
                                                         {"domain", take_domain},
                                                         {"subdomains", take_subdomains},
                                                         {"host", take_host},
                                                         {"older_s", take_older},
                                                         {"newer_s", take_newer},
                                                         {"cursor", take_cursor},
                                                         {"limit", take_limit}}};

constexpr std::array<param<cache_call>, 5> forget_params{{{"address", take_address},
                                                          {"domain", take_domain},
                                                          {"host", take_host},
                                                          {"subdomains", take_subdomains},
                                                          {"cursor", take_cursor}}};

constexpr std::array<param<cache_call>, 3> import_params{
    {{"lines", take_lines}, {"overwrite", take_overwrite}, {"flush", take_flush}}};

constexpr std::array<param<cache_call>, 1> verify_params{{{"cursor", take_cursor}}};

template <std::size_t Count>
taken read_all(const request& asked, const std::array<param<cache_call>, Count>& known,
               cache_call& into) {
  std::array<bool, Count> seen{};
  return read_params(asked, known, into, seen);
}

fault pick_one(std::string_view what) {
  return {fault_code::invalid_params, "params: expected one of " + std::string(what)};
}

/// What the parameters are together.
taken contradiction(const cache_call& made) {
  const int named = (made.address ? 1 : 0) + (made.at ? 1 : 0) + (made.host ? 1 : 0);
  switch (made.method) {
    case method::cache_get:
      if (named != 1) return pick_one("address, domain");
      break;
    case method::cache_forget:
      if (named != 1) return pick_one("address, domain, host");
      if (made.address && made.from) return wrong("cursor", "an address has none");
      break;
    default:
      break;
  }
  if (made.subdomains && !made.at) return wrong("subdomains", "only with a domain");
  if (made.method != method::cache_list) return {};
  const auto of = made.of.value_or(cache::table::verdicts);
  if (of != cache::table::verdicts) {
    if (made.status) return wrong("status", "only verdicts have one");
    if (made.reason) return wrong("reason", "only verdicts have one");
    if (made.host) return wrong("host", "only verdicts have one");
  }
  if (of == cache::table::hosts) {
    if (made.role) return wrong("role", "hosts have none");
    if (made.at) return wrong("domain", "hosts have none");
  }
  if (made.from && made.from->in != of) return wrong("cursor", "it is of another table");
  return {};
}

constexpr std::string_view digits = "0123456789abcdef";

}  // namespace

bool is_of_the_cache(method which) noexcept {
  return which >= method::cache_get;
}

std::optional<cache::table> table_from_name(std::string_view name) noexcept {
  using cache::table;
  for (const table which : {table::verdicts, table::domains, table::bookings, table::hosts}) {
    if (name == cache::table_names[cache::index_of(which)]) return which;
  }
  return std::nullopt;
}

std::string cursor_of(const cache_place& place) {
  std::string text = cache::table_names[cache::index_of(place.in)];
  text += '/';
  for (const char c : place.key) {
    const auto octet = static_cast<unsigned char>(c);
    text += digits[octet >> 4U];
    text += digits[octet & 0xfU];
  }
  return text;
}

std::optional<cache_place> place_of_cursor(std::string_view cursor) {
  constexpr std::size_t key_octets_most = 512;
  const std::size_t slash = cursor.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const auto in = table_from_name(cursor.substr(0, slash));
  const std::string_view hex = cursor.substr(slash + 1);
  if (!in || hex.size() % 2 != 0 || hex.size() > 2 * key_octets_most) return std::nullopt;
  cache_place place{*in, {}};
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const std::size_t high = digits.find(hex[i]);
    const std::size_t low = digits.find(hex[i + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    place.key += static_cast<char>(high * 16 + low);
  }
  return place;
}

taken read_cache_call(method which, const request& asked, cache_call& into) {
  into.method = which;
  taken bad;
  switch (which) {
    case method::cache_get:
      bad = read_all(asked, get_params, into);
      break;
    case method::cache_list:
      bad = read_all(asked, list_params, into);
      break;
    case method::cache_forget:
      bad = read_all(asked, forget_params, into);
      break;
    case method::cache_import:
      bad = read_all(asked, import_params, into);
      break;
    case method::cache_verify:
      bad = read_all(asked, verify_params, into);
      break;
    default:
      bad = read_all(asked, std::array<param<cache_call>, 0>{}, into);
      break;
  }
  return bad ? bad : contradiction(into);
}

}  // namespace cbv::api
