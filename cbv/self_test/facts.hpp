// What the self-test looks at, and what it has learnt about it.
#ifndef CBV_SELF_TEST_FACTS_HPP
#define CBV_SELF_TEST_FACTS_HPP

#include <boost/asio/ip/address.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cbv/address/domain.hpp"
#include "cbv/address/mailbox.hpp"
#include "cbv/dns/mail_hosts.hpp"
#include "cbv/dns/record.hpp"
#include "cbv/dns/reverse.hpp"
#include "cbv/self_test/dnsbl.hpp"
#include "cbv/self_test/source.hpp"
#include "cbv/spf/check_host.hpp"

namespace cbv::self_test {

inline constexpr std::size_t dnsbls_max = 20;
inline constexpr std::size_t pointers_max = 10;

/// What a callout shows of us to far hosts.
struct appearance {
  std::string helo_name;
  std::vector<reverse_path> senders;  // of MAIL FROM; nothing is <>
  dns::address_family family = dns::address_family::any;
  source ipv4;  // not looked at where `family` is ipv6
  source ipv6;
  std::vector<std::string> dnsbls;  // the first dnsbls_max are asked
};

/// The SPF outcome of one sender's domain for one source address.
struct sender_spf {
  mailbox sender;
  spf::outcome said;
};

/// What the DNS says about one source address.
struct address_facts {
  asio::ip::address address;
  dns::pointers pointers;
  spf::outcome helo_spf;
  std::vector<sender_spf> senders;
  std::vector<dnsbl_answer> dnsbls;
};

/// Where the bounces of one sender's domain go.
struct sender_domain {
  domain of;
  dns::mail_hosts hosts;
};

struct facts {
  appearance seen;
  // Of the EHLO name; not asked for where it is an address literal or of one label.
  dns::answer<asio::ip::address_v4> helo_v4;
  dns::answer<asio::ip::address_v6> helo_v6;
  std::vector<sender_domain> domains;
  std::vector<address_facts> addresses;  // of the sources that are of the public internet
};

}  // namespace cbv::self_test

#endif
