#include "cbv/dns/response.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "cbv/dns/name.hpp"

namespace cbv::dns {
namespace {

using std::chrono::seconds;

finding trouble(lookup_status status) {
  finding none;
  none.status = status;
  return none;
}

finding statement(lookup_status status, seconds ttl) {
  finding said;
  said.status = status;
  said.ttl = ttl;
  return said;
}

// Where the CNAMEs that begin at a name lead.
struct chain {
  lookup_status status = lookup_status::ok;
  std::string end;
  seconds ttl = seconds::max();
};

// The CNAME of `owner`; two different ones contradict each other (RFC 2181 section 10.1).
const record* find_cname(const message& in, const std::string& owner, bool& contradictory) {
  const record* found = nullptr;
  for (const record& one : in.answers) {
    if (one.type != record_type::cname || one.name != owner) continue;
    if (found != nullptr && found->data != one.data) contradictory = true;
    found = &one;
  }
  return found;
}

bool has_records(const message& in, const std::string& owner, record_type type) {
  return std::any_of(in.answers.begin(), in.answers.end(),
                     [&](const record& one) { return one.type == type && one.name == owner; });
}

chain follow_cnames(const message& in, const question& asked) {
  chain followed;
  followed.end = asked.name;
  for (std::size_t steps = 0; !has_records(in, followed.end, asked.type); ++steps) {
    bool contradictory = false;
    const record* cname = find_cname(in, followed.end, contradictory);
    if (contradictory) followed.status = lookup_status::malformed;
    // A loop ends here as well: it is longer than any chain.
    if (cname != nullptr && steps == cname_chain_max) {
      followed.status = lookup_status::server_failure;
    }
    if (cname == nullptr || followed.status != lookup_status::ok) break;
    followed.end = std::get<name_data>(cname->data).name;
    followed.ttl = std::min(followed.ttl, cname->ttl);
  }
  return followed;
}

finding collect(const message& in, const chain& to, record_type type) {
  finding found = statement(lookup_status::ok, to.ttl);
  for (const record& one : in.answers) {
    if (one.type != type || one.name != to.end) continue;
    found.records.push_back(one.data);
    found.ttl = std::min(found.ttl, one.ttl);
  }
  return found;
}

// How long "no" may be known: the TTL of the SOA or its last field, whichever is less (RFC 2308
// section 5). Nothing if there is no SOA of a zone that `owner` can be in.
std::optional<seconds> negative_ttl(const message& in, const std::string& owner) {
  for (const record& one : in.authorities) {
    const auto* soa = std::get_if<soa_data>(&one.data);
    if (soa == nullptr || !is_at_or_below(owner, one.name)) continue;
    return std::min(one.ttl, seconds(soa->minimum));
  }
  return std::nullopt;
}

bool is_referral(const message& in) {
  const auto has = [&](record_type type) {
    return std::any_of(in.authorities.begin(), in.authorities.end(),
                       [&](const record& one) { return one.type == type; });
  };
  return has(record_type::ns) && !has(record_type::soa);
}

finding read_no_error(const message& response, const chain& to, const question& asked) {
  if (has_records(response, to.end, asked.type)) return collect(response, to, asked.type);
  const std::optional<seconds> negative = negative_ttl(response, to.end);
  if (negative) return statement(lookup_status::no_data, std::min(to.ttl, *negative));
  if (to.end != asked.name) {
    finding elsewhere = statement(lookup_status::ok, to.ttl);
    elsewhere.next = to.end;
    return elsewhere;
  }
  if (is_referral(response)) return trouble(lookup_status::server_failure);
  if (!response.authoritative && !response.recursion_available) {
    return trouble(lookup_status::server_failure);
  }
  return statement(lookup_status::no_data, seconds(0));
}

finding read_name_error(const message& response, const chain& to, const question& asked) {
  // The code speaks of the end of the chain (RFC 6604), which cannot have records then.
  if (has_records(response, to.end, asked.type)) return trouble(lookup_status::malformed);
  const seconds negative = negative_ttl(response, to.end).value_or(seconds(0));
  return statement(lookup_status::nx_domain, std::min(to.ttl, negative));
}

}  // namespace

finding read_response(const message& response, const question& asked) {
  if (!response.response || response.opcode != 0) return trouble(lookup_status::malformed);
  if (response.code == response_code::refused) return trouble(lookup_status::refused);
  if (response.code != response_code::no_error && response.code != response_code::name_error) {
    return trouble(lookup_status::server_failure);
  }
  if (response.truncated || response.asked != asked) return trouble(lookup_status::malformed);
  const chain to = follow_cnames(response, asked);
  if (to.status != lookup_status::ok) return trouble(to.status);
  if (response.code == response_code::name_error) return read_name_error(response, to, asked);
  return read_no_error(response, to, asked);
}

}  // namespace cbv::dns
