#include "tools/cbv-sim/zone.hpp"

#include <algorithm>
#include <utility>

#include "cbv/dns/encode.hpp"
#include "tools/cbv-sim/reader.hpp"

namespace cbv::sim {
namespace {

// A chain of CNAMEs longer than this is a loop, or as good as one.
constexpr int cname_chain_max = 8;

constexpr std::size_t header_octets = 12;

// What follows the first label; nothing behind the root.
std::optional<std::string_view> parent_of(std::string_view name) {
  if (name.empty()) return std::nullopt;
  const std::size_t dot = name.find('.');
  return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

// The data of a rule with the number filled in.
dns::record_data at_number(const zone_record& form, std::uint64_t number) {
  dns::record_data data = form.data;
  if (auto* const mx = std::get_if<dns::mx_record>(&data)) {
    mx->exchange = with_number(mx->exchange, number);
  } else if (auto* const name = std::get_if<dns::name_data>(&data)) {
    name->name = with_number(name->name, number);
  } else if (auto* const text = std::get_if<dns::text_data>(&data)) {
    for (std::string& each : text->strings) each = with_number(each, number);
  } else if (auto* const address = std::get_if<boost::asio::ip::address_v4>(&data)) {
    const auto offset = static_cast<std::uint32_t>(number % form.address_count);
    *address = boost::asio::ip::address_v4(address->to_uint() + offset);
  }
  return data;
}

dns::record default_soa() {
  constexpr std::uint32_t negative_ttl = 300;
  dns::soa_data soa{"ns.invalid", "hostmaster.invalid", 1, 3600, 600, 86400, negative_ttl};
  return {"", dns::record_type::soa, std::chrono::seconds(negative_ttl), std::move(soa)};
}

// A response whose header promises more than follows, and what follows points at itself.
std::string malformed(const dns::message& response) {
  auto wire = dns::encode_message(response);
  if (!wire) return "";
  std::string bytes = std::move(*wire);
  bytes[7] = 3;  // ANCOUNT
  const auto here = static_cast<unsigned>(bytes.size());
  bytes += static_cast<char>(0xc0U | (here >> 8U));
  bytes += static_cast<char>(here & 0xffU);
  return bytes;
}

// What is answered to octets that are no question: FORMERR if they at least begin like one.
std::string format_error(std::string_view question) {
  if (question.size() < header_octets || (question[2] & 0x80) != 0) return "";
  std::string bytes(question.substr(0, 2));
  bytes += '\x80';
  bytes += static_cast<char>(dns::response_code::format_error);
  bytes.append(8, '\0');
  return bytes;
}

// Puts what was found, or what the temper makes of it, into the response.
void apply(zone_lookup& outcome, bool over_tcp, dns::message& response) {
  if (outcome.temper == name_temper::server_failure) {
    response.code = dns::response_code::server_failure;
  } else if (outcome.temper == name_temper::refused) {
    response.code = dns::response_code::refused;
  } else if (outcome.temper == name_temper::truncated && !over_tcp) {
    response.truncated = true;
  } else {
    response.code = outcome.code;
    response.answers = std::move(outcome.answers);
    if (outcome.authority) response.authorities.push_back(std::move(*outcome.authority));
  }
}

}  // namespace

std::string code_name(dns::response_code code) {
  switch (code) {
    case dns::response_code::no_error:
      return "NOERROR";
    case dns::response_code::format_error:
      return "FORMERR";
    case dns::response_code::server_failure:
      return "SERVFAIL";
    case dns::response_code::name_error:
      return "NXDOMAIN";
    case dns::response_code::not_implemented:
      return "NOTIMP";
    case dns::response_code::refused:
      return "REFUSED";
    case dns::response_code::bad_version:
      return "BADVERS";
  }
  return "RCODE" + std::to_string(static_cast<unsigned>(code));
}

std::string type_name(dns::record_type type) {
  switch (type) {
    case dns::record_type::a:
      return "A";
    case dns::record_type::ns:
      return "NS";
    case dns::record_type::cname:
      return "CNAME";
    case dns::record_type::soa:
      return "SOA";
    case dns::record_type::ptr:
      return "PTR";
    case dns::record_type::mx:
      return "MX";
    case dns::record_type::txt:
      return "TXT";
    case dns::record_type::aaaa:
      return "AAAA";
  }
  return "TYPE" + std::to_string(static_cast<unsigned>(type));
}

zone::node& zone::make_node(std::string_view owner) {
  for (auto above = parent_of(owner); above; above = parent_of(*above)) {
    if (has_number(*above)) throw complaint("expected {LO-HI} in the first label of a name only");
    nodes_.try_emplace(std::string(*above));
  }
  if (!has_number(owner)) return nodes_[std::string(owner)];

  std::vector<rule>& rules = rules_[std::string(*parent_of(owner))];
  pattern names(owner);
  for (rule& each : rules) {
    if (each.owner.text() == names.text()) return each.content;
  }
  return rules.emplace_back(rule{std::move(names), {}}).content;
}

void zone::add(std::string_view owner, zone_record record) {
  std::vector<zone_record>& records = make_node(owner).records;
  const bool has_alias = std::any_of(records.begin(), records.end(), [](const zone_record& each) {
    return each.type == dns::record_type::cname;
  });
  if (has_alias || (record.type == dns::record_type::cname && !records.empty())) {
    throw complaint("expected no other record beside a CNAME");
  }
  records.push_back(std::move(record));
}

void zone::add_temper(std::string_view owner, std::optional<dns::record_type> type,
                      name_temper temper, std::chrono::milliseconds delay) {
  make_node(owner).tempers.push_back({type, temper, delay});
}

zone::found zone::find(std::string_view name) const {
  if (const auto here = nodes_.find(name); here != nodes_.end()) return {&here->second, {}};
  const auto suffix = parent_of(name);
  if (!suffix) return {};
  if (const auto rules = rules_.find(*suffix); rules != rules_.end()) {
    for (const rule& each : rules->second) {
      if (const auto number = each.owner.match(name)) return {&each.content, number};
    }
  }
  // RFC 4592: the wildcard just below the closest name that exists.
  for (auto above = suffix; above; above = parent_of(*above)) {
    std::string wildcard = "*";
    if (!above->empty()) wildcard.append(".").append(*above);
    if (const auto here = nodes_.find(wildcard); here != nodes_.end()) return {&here->second, {}};
    if (nodes_.contains(*above)) break;
  }
  return {};
}

void zone::apply_tempers(std::string_view name, dns::record_type type, zone_lookup& outcome) const {
  for (std::optional<std::string_view> above = name; above; above = parent_of(*above)) {
    const found here = find(*above);
    if (here.content == nullptr) continue;
    for (const tempered& each : here.content->tempers) {
      const bool applies = !each.type || (*each.type == type && *above == name);
      if (!applies) continue;
      if (outcome.temper == name_temper::none) outcome.temper = each.temper;
      outcome.delay = std::max(outcome.delay, each.delay);
    }
  }
}

dns::record zone::authority_of(std::string_view name) const {
  for (std::optional<std::string_view> above = name; above; above = parent_of(*above)) {
    const auto here = nodes_.find(*above);
    if (here == nodes_.end()) continue;
    for (const zone_record& each : here->second.records) {
      if (each.type == dns::record_type::soa) {
        return {std::string(*above), each.type, each.ttl, each.data};
      }
    }
  }
  return default_soa();
}

zone_lookup zone::look_up(std::string_view name, dns::record_type type) const {
  zone_lookup outcome;
  std::string owner(name);
  for (int links = 0; links <= cname_chain_max; ++links) {
    apply_tempers(owner, type, outcome);
    const found here = find(owner);
    if (here.content == nullptr) {
      outcome.code = dns::response_code::name_error;
      outcome.authority = authority_of(owner);
      return outcome;
    }
    bool has_answer = false;
    std::optional<std::string> alias_of;
    for (const zone_record& each : here.content->records) {
      const bool is_alias = each.type == dns::record_type::cname && type != each.type;
      if (each.type != type && !is_alias) continue;
      has_answer = true;
      outcome.answers.push_back(
          {owner, each.type, each.ttl, here.number ? at_number(each, *here.number) : each.data});
      if (is_alias) alias_of = std::get<dns::name_data>(outcome.answers.back().data).name;
    }
    if (!alias_of) {
      if (!has_answer) outcome.authority = authority_of(owner);
      return outcome;
    }
    owner = *alias_of;
  }
  outcome.code = dns::response_code::server_failure;  // a loop of CNAMEs
  outcome.answers.clear();
  return outcome;
}

dns_answer zone::answer(std::string_view question, bool over_tcp) const {
  dns_answer answer;
  const auto query = dns::parse_message(question);
  if (!query || (!query->response && !query->asked)) {
    answer.wire = format_error(question);
    answer.code = dns::response_code::format_error;
    return answer;
  }
  if (query->response) return answer;

  dns::message response = dns::response_to(*query);
  response.recursion_available = true;
  answer.name = query->asked->name;
  answer.type = query->asked->type;
  zone_lookup outcome;
  if (query->opcode != 0) {
    outcome.code = dns::response_code::not_implemented;
  } else if (query->asked->qclass != dns::class_in) {
    outcome.code = dns::response_code::refused;
  } else {
    outcome = look_up(answer.name, answer.type);
  }
  answer.delay = outcome.delay;
  if (outcome.temper == name_temper::timeout) return answer;
  if (outcome.temper == name_temper::malformed) {
    answer.wire = malformed(response);
    return answer;
  }
  apply(outcome, over_tcp, response);
  answer.code = response.code;
  answer.answers = response.answers.size();
  const std::size_t octets_max = over_tcp ? dns::message_octets_max : dns::udp_limit(*query);
  if (auto wire = dns::encode_message(response, octets_max)) answer.wire = std::move(*wire);
  return answer;
}

}  // namespace cbv::sim
