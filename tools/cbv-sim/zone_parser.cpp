#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>
#include <span>
#include <utility>

#include "cbv/base/ascii.hpp"
#include "tools/cbv-sim/section_parsers.hpp"

namespace cbv::sim {
namespace {

constexpr std::size_t label_octets_max = 63;
constexpr std::size_t name_octets_max = 253;
constexpr std::size_t string_octets_max = 255;
constexpr std::string_view name_marks = "-_*{}%";  // beside letters, digits and dots

using words = std::span<const field>;

std::optional<dns::record_type> type_of(std::string_view word) {
  constexpr dns::record_type types[] = {
      dns::record_type::a,   dns::record_type::ns, dns::record_type::cname, dns::record_type::soa,
      dns::record_type::ptr, dns::record_type::mx, dns::record_type::txt,   dns::record_type::aaaa};
  for (const dns::record_type each : types) {
    if (ascii::iequals(word, type_name(each))) return each;
  }
  return std::nullopt;
}

std::optional<name_temper> temper_of(std::string_view word) {
  if (word == "SERVFAIL") return name_temper::server_failure;
  if (word == "REFUSED") return name_temper::refused;
  if (word == "TIMEOUT") return name_temper::timeout;
  if (word == "MALFORMED") return name_temper::malformed;
  if (word == "TRUNCATED") return name_temper::truncated;
  return std::nullopt;
}

// A name in lower case without the last dot.
std::string read_name(const field& word) {
  const std::string& text = word.text;
  if (text == ".") return "";
  std::string name = ascii::to_lower(text.ends_with('.') ? text.substr(0, text.size() - 1) : text);
  if (name.size() > name_octets_max) throw complaint("expected a name of at most 253 octets");
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t end = std::min(name.find('.', start), name.size());
    if (end == start || end - start > label_octets_max) {
      throw complaint("expected a name with labels of 1 to 63 octets, not '" +
                      ascii::printable(text) + "'");
    }
    start = end + 1;
  }
  const bool is_plain = std::all_of(name.begin(), name.end(), [](char c) {
    return ascii::is_alnum(c) || c == '.' || name_marks.find(c) != std::string_view::npos;
  });
  if (!is_plain) {
    throw complaint("expected a name of letters, digits, - and _ (an IDN as A-labels), not '" +
                    ascii::printable(text) + "'");
  }
  return name;
}

void expect_address(bool is_one, std::string_view kind, const field& word) {
  if (is_one) return;
  throw complaint("expected an " + std::string(kind) + " address, not '" +
                  ascii::printable(word.text) + "'");
}

// One IPv4 address, or a network as its first address / bits.
void read_ipv4(const field& word, zone_record& record) {
  const std::size_t slash = std::min(word.text.find('/'), word.text.size());
  boost::system::error_code problem;
  const auto address = asio::ip::make_address_v4(word.text.substr(0, slash), problem);
  expect_address(!problem, "IPv4", word);
  if (slash < word.text.size()) {
    const auto bits = read_number(std::string_view(word.text).substr(slash + 1), 32, "a prefix");
    if (bits < 8) throw complaint("expected a prefix of 8 to 32 bits");
    record.address_count = std::uint32_t{1} << (32 - bits);
    if (address.to_uint() % record.address_count != 0) {
      throw complaint("expected the first address of the network before the /");
    }
  }
  record.data = address;
}

void read_ipv6(const field& word, zone_record& record) {
  boost::system::error_code problem;
  const auto address = asio::ip::make_address_v6(word.text, problem);
  expect_address(!problem, "IPv6", word);
  record.data = address;
}

dns::text_data read_texts(words data) {
  if (data.empty()) throw complaint("expected one or more texts");
  dns::text_data texts;
  for (const field& each : data) {
    if (each.text.size() > string_octets_max) {
      throw complaint("expected texts of at most 255 octets; several may follow each other");
    }
    texts.strings.push_back(each.text);
  }
  return texts;
}

void expect_count(words data, std::size_t count, std::string_view usage) {
  if (data.size() != count) throw complaint("expected " + std::string(usage));
}

dns::soa_data read_soa(words data) {
  expect_count(data, 7, "two names and the five numbers of a SOA");
  dns::soa_data soa;
  soa.primary = read_name(data[0]);
  soa.responsible = read_name(data[1]);
  soa.serial = read_ttl(data[2].text);
  soa.refresh = read_ttl(data[3].text);
  soa.retry = read_ttl(data[4].text);
  soa.expire = read_ttl(data[5].text);
  soa.minimum = read_ttl(data[6].text);
  return soa;
}

dns::mx_record read_mx(words data) {
  expect_count(data, 2, "a preference and a host name (10 mx1.example.net.)");
  const auto preference =
      read_number(data[0].text, std::numeric_limits<std::uint16_t>::max(), "a preference");
  return {static_cast<std::uint16_t>(preference), read_name(data[1])};
}

zone_record read_data(dns::record_type type, words data) {
  zone_record record;
  record.type = type;
  switch (type) {
    case dns::record_type::a:
      expect_count(data, 1, "one address");
      read_ipv4(data[0], record);
      break;
    case dns::record_type::aaaa:
      expect_count(data, 1, "one address");
      read_ipv6(data[0], record);
      break;
    case dns::record_type::mx:
      record.data = read_mx(data);
      break;
    case dns::record_type::cname:
    case dns::record_type::ns:
    case dns::record_type::ptr:
      expect_count(data, 1, "one name");
      record.data = dns::name_data{read_name(data[0])};
      break;
    case dns::record_type::txt:
      record.data = read_texts(data);
      break;
    case dns::record_type::soa:
      record.data = read_soa(data);
      break;
  }
  return record;
}

// Names in a rule may have the number in them; elsewhere braces are a slip.
void check_numbers(std::string_view owner, const zone_record& record) {
  std::string_view name;
  if (const auto* const mx = std::get_if<dns::mx_record>(&record.data)) name = mx->exchange;
  if (const auto* const data = std::get_if<dns::name_data>(&record.data)) name = data->name;
  if (has_number(owner)) {
    check_form(name);
    const auto* const texts = std::get_if<dns::text_data>(&record.data);
    if (texts == nullptr) return;
    for (const std::string& each : texts->strings) check_form(each);
  } else if (has_number(name) || record.address_count > 1) {
    throw complaint("expected {LO-HI} in the first name of the line, because the data is counted");
  }
}

}  // namespace

void expect_words(const std::vector<field>& all, std::size_t least, std::size_t most,
                  std::string_view usage) {
  const std::size_t count = all.size() - 1;
  if (count < least || count > most) throw complaint("expected " + std::string(usage));
}

void zone_parser::read_line(const text_line& line) {
  const std::vector<field> all = line.fields();
  if (all[0].text == "$TTL") {
    expect_words(all, 1, 1, "$TTL SECONDS");
    default_ttl_ = read_ttl(all[1].text);
    return;
  }

  const std::string owner = read_name(all[0]);
  words rest = words(all).subspan(1);
  std::uint32_t ttl = default_ttl_;
  bool has_ttl = false;
  if (!rest.empty() && !rest[0].text.empty() && ascii::is_digit(rest[0].text[0])) {
    ttl = read_ttl(rest[0].text);
    has_ttl = true;
    rest = rest.subspan(1);
  }
  if (!rest.empty() && rest[0].text == "IN") rest = rest.subspan(1);

  std::optional<dns::record_type> type;
  if (!rest.empty()) type = type_of(rest[0].text);
  if (type) rest = rest.subspan(1);

  if (!has_ttl && rest.size() == 1 && !rest[0].quoted) {
    if (const auto temper = temper_of(rest[0].text)) {
      zone_.add_temper(owner, type, *temper, {});
      return;
    }
  }
  if (!has_ttl && rest.size() == 2 && rest[0].text == "slow") {
    zone_.add_temper(owner, type, name_temper::none, read_duration(rest[1].text));
    return;
  }
  if (!type) {
    throw complaint(
        "expected NAME [TTL] TYPE DATA with A, AAAA, MX, CNAME, TXT, NS, PTR or SOA, or NAME "
        "[TYPE] "
        "with SERVFAIL, REFUSED, TIMEOUT, MALFORMED, TRUNCATED or slow TIME");
  }
  zone_record record = read_data(*type, rest);
  record.ttl = std::chrono::seconds(ttl);
  check_numbers(owner, record);
  zone_.add(owner, std::move(record));
}

}  // namespace cbv::sim
