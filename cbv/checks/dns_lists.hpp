// What lists in the DNS say about the client's address: block lists and allow lists (RFC 5782).
#ifndef CBV_CHECKS_DNS_LISTS_HPP
#define CBV_CHECKS_DNS_LISTS_HPP

#include <boost/asio/ip/address_v4.hpp>
#include <string>
#include <vector>

#include "cbv/checks/code_pattern.hpp"
#include "cbv/checks/envelope.hpp"
#include "cbv/checks/finding.hpp"
#include "cbv/dns/listing.hpp"

namespace cbv::checks {

/// One list, or some of its codes: a zone may stand in several of these.
struct dns_list {
  std::string zone;                       // in A-labels, without a trailing dot
  std::vector<code_pattern> codes;        // that count; none: all
  int weight = 1;                         // what a listing adds; below 0 for an allow list
  bool allows = false;                    // a listing here is a pass, whatever other lists say
  rule_form alone{{}, consequence::off};  // what a listing comes to by itself; off: it only weighs

  friend bool operator==(const dns_list&, const dns_list&) = default;
};

struct dns_list_rules {
  std::vector<dns_list> lists;
  int threshold = 1;                         // of the weights of all listings together
  rule_form heavy{{}, consequence::reject};  // what is done at the threshold and over it
  bool asks_words = true;                    // the TXT records of listings, for the evidence
};

/// What one zone said of the client.
struct zone_answer {
  std::string zone;
  dns::listing said = dns::listing::trouble;  // `listed` only of a list that is to be believed
  std::vector<boost::asio::ip::address_v4> codes{};
  std::string words{};  // of its TXT record: a stranger's, any octets
};

struct dns_list_facts {
  std::vector<zone_answer> zones;  // each once
};

/// An allow list first; then the strictest of what each listing by itself and all weights together
/// come to. Lists that are not to be believed, will not serve or do not answer weigh nothing: where
/// what they might have said could have changed a pass, it is unknown. Pure.
finding judge_dns_lists(const envelope& of, const dns_list_rules& rules,
                        const dns_list_facts& facts);

}  // namespace cbv::checks

#endif
