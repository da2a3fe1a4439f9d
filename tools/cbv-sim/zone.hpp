// What the simulated DNS knows, and what it answers.
//
// It answers as a resolver would that has the whole DNS to ask: CNAMEs are followed, a name that is
// not in the zone is NXDOMAIN, a name that only has names below it is NODATA (RFC 8020), and both
// carry a SOA for the negative TTL (RFC 2308). No I/O.
#ifndef CBV_TOOLS_CBV_SIM_ZONE_HPP
#define CBV_TOOLS_CBV_SIM_ZONE_HPP

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/dns/message.hpp"
#include "tools/cbv-sim/pattern.hpp"

namespace cbv::sim {

/// "NOERROR", "NXDOMAIN" and so on; "RCODE9" for those that have no name here.
std::string code_name(dns::response_code code);

/// "MX", "AAAA" and so on; "TYPE99" for those that have no name here.
std::string type_name(dns::record_type type);

/// One record's data. In a rule, names and texts may have {} in them, and an IPv4 address may be
/// the first of a network from which the number picks one.
struct zone_record {
  dns::record_type type = dns::record_type::a;
  std::chrono::seconds ttl{};
  dns::record_data data;
  std::uint32_t address_count = 1;
};

/// How the DNS misbehaves for a name.
enum class name_temper : std::uint8_t {
  none,
  server_failure,
  refused,
  timeout,    // no answer at all
  malformed,  // an answer that is no DNS message
  truncated,  // over UDP only the TC bit, over TCP the whole answer
};

/// The outcome of a look-up, before it is put into octets.
struct zone_lookup {
  dns::response_code code = dns::response_code::no_error;
  name_temper temper = name_temper::none;
  std::vector<dns::record> answers;
  std::optional<dns::record> authority;  // the SOA of a negative answer
  std::chrono::milliseconds delay{};
};

/// One answer of the simulated server. `wire` is empty where nothing is answered. The rest is for
/// those who print what was asked.
struct dns_answer {
  std::string wire;
  std::chrono::milliseconds delay{};  // before the answer leaves
  std::string name;
  dns::record_type type{};
  dns::response_code code = dns::response_code::no_error;
  std::size_t answers = 0;
};

/// Names with their records and tempers. Names are given in lower case without the last dot; "" is
/// the root. Reading is safe from several threads.
class zone {
 public:
  /// Adds a record. An owner with a {LO-HI} in its first label is a rule for many names; `*` as
  /// first label is a wildcard of RFC 4592. Throws complaint.
  void add(std::string_view owner, zone_record record);

  /// Adds a temper and a delay of the answers: for one type, or (no type) for the name and all
  /// names below it. Throws complaint.
  void add_temper(std::string_view owner, std::optional<dns::record_type> type, name_temper temper,
                  std::chrono::milliseconds delay);

  zone_lookup look_up(std::string_view name, dns::record_type type) const;

  /// Answers one message. Over UDP an answer longer than 512 octets, or than the client takes by
  /// EDNS (RFC 6891), is cut and marked with TC.
  dns_answer answer(std::string_view question, bool over_tcp) const;

 private:
  struct tempered {
    std::optional<dns::record_type> type;
    name_temper temper = name_temper::none;
    std::chrono::milliseconds delay{};
  };
  struct node {
    std::vector<zone_record> records;
    std::vector<tempered> tempers;
  };
  struct rule {
    pattern owner;
    node content;
  };
  struct found {
    const node* content = nullptr;
    std::optional<std::uint64_t> number;  // where a rule was found
  };

  node& make_node(std::string_view owner);
  found find(std::string_view name) const;
  void apply_tempers(std::string_view name, dns::record_type type, zone_lookup& outcome) const;
  dns::record authority_of(std::string_view name) const;

  std::map<std::string, node, std::less<>> nodes_;
  std::map<std::string, std::vector<rule>, std::less<>> rules_;  // by what follows the first label
};

}  // namespace cbv::sim

#endif
