#include "cbv/self_test/judge.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "cbv/base/ascii.hpp"
#include "cbv/dns/name.hpp"
#include "cbv/net/reserved.hpp"

namespace cbv::self_test {
namespace {

using dns::listing;
using dns::lookup_status;

// Top-level names that are of one site at most: RFC 2606, 6761, and RFC 6762 appendix G.
constexpr std::array<std::string_view, 13> private_zones = {
    "localhost", "localdomain", "invalid", "test", "example", "local", "intranet",
    "internal",  "private",     "corp",    "home", "lan",     "onion"};

constexpr const char* ask_again = "Run cbvd --self-test again when the DNS answers.";

std::string list_of(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& each : texts) all += (all.empty() ? "" : ", ") + each;
  return all;
}

std::string trouble_of(lookup_status status) {
  return "the DNS did not say (" + std::string(to_string(status)) + ")";
}

// What a look-up of both families says of a name: of two statements the better one, and no
// statement at all while one of them may still be it.
lookup_status both(lookup_status v4, lookup_status v6) {
  if (v4 == lookup_status::ok || v6 == lookup_status::ok) return lookup_status::ok;
  if (!dns::is_authoritative(v4)) return v4;
  if (!dns::is_authoritative(v6)) return v6;
  return v4 == v6 ? v4 : lookup_status::no_data;
}

bool is_literal(std::string_view name) {
  return name.starts_with('[');
}

// It can be looked up by strangers: a name of several labels outside of the private zones.
bool is_public_name(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return dot != std::string_view::npos && std::find(private_zones.begin(), private_zones.end(),
                                                    name.substr(dot + 1)) == private_zones.end();
}

// The four numbers of an IPv4 address stand in the name one behind the other, in either order: the
// names of lines at home are made so.
bool is_made_of(std::string_view name, const asio::ip::address& address) {
  if (!address.is_v4()) return false;
  std::vector<unsigned> numbers;
  for (std::size_t i = 0; i < name.size(); ++i) {
    if (!ascii::is_digit(name[i])) continue;
    if (i == 0 || !ascii::is_digit(name[i - 1])) numbers.push_back(0);
    numbers.back() = std::min(numbers.back() * 10 + static_cast<unsigned>(name[i] - '0'), 1000U);
  }
  const auto octets = address.to_v4().to_bytes();
  const auto has = [&](auto first, auto last) {
    return std::search(numbers.begin(), numbers.end(), first, last) != numbers.end();
  };
  return has(octets.begin(), octets.end()) || has(octets.rbegin(), octets.rend());
}

// Adds one finding after the other.
class judgement {
 public:
  explicit judgement(const facts& learnt) : facts_(learnt), seen_(learnt.seen) {}

  std::vector<finding> run() {
    judge_helo_name();
    judge_sources();
    for (const address_facts& each : facts_.addresses) {
      judge_pointers(each);
      judge_match(each);
    }
    for (const address_facts& each : facts_.addresses) {
      judge_spf("helo_spf", seen_.helo_name, each.address, each.helo_spf);
      for (const sender_spf& by : each.senders) {
        judge_spf("sender_spf", by.sender.domain().text(), each.address, by.said);
      }
    }
    judge_domains();
    judge_dnsbls();
    return std::move(found_);
  }

 private:
  void add(grade graded, std::string check, const std::string& about, const std::string& text,
           const std::string& advice = "") {
    found_.push_back(finding{graded, std::move(check), ascii::printable(about),
                             ascii::printable(text), ascii::printable(advice)});
  }

  lookup_status helo_status() const { return both(facts_.helo_v4.status, facts_.helo_v6.status); }

  bool helo_can_be_looked_up() const {
    return !is_literal(seen_.helo_name) && is_public_name(seen_.helo_name);
  }

  std::vector<std::string> helo_addresses() const {
    std::vector<std::string> all;
    for (const auto& each : facts_.helo_v4.records) all.push_back(each.to_string());
    for (const auto& each : facts_.helo_v6.records) all.push_back(each.to_string());
    return all;
  }

  void judge_helo_name() {
    const std::string& name = seen_.helo_name;
    const auto say = [&](grade graded, const std::string& text, const std::string& advice = "") {
      add(graded, "helo_name", name, text, advice);
    };
    const std::string use_public =
        "Set callout.helo_name to the name of this machine in the public DNS.";
    if (is_literal(name)) {
      return say(grade::warning, "EHLO says an address in place of a name, which many hosts refuse",
                 use_public);
    }
    if (!is_public_name(name)) {
      const bool has_labels = name.find('.') != std::string::npos;
      return say(grade::wrong,
                 has_labels ? "the name in EHLO is not of the public DNS"
                            : "the name in EHLO is not a full domain name",
                 use_public);
    }
    switch (helo_status()) {
      case lookup_status::ok:
        return say(grade::ok, "the name in EHLO leads to " + list_of(helo_addresses()));
      case lookup_status::nx_domain:
        return say(grade::wrong, "the name in EHLO does not exist in the DNS",
                   "Publish an address record for it, or set callout.helo_name to a name that has "
                   "one.");
      case lookup_status::no_data:
        return say(grade::wrong, "the name in EHLO has no address in the DNS",
                   "Publish an address record for it, or set callout.helo_name to a name that has "
                   "one.");
      default:
        return say(grade::not_known, trouble_of(helo_status()), ask_again);
    }
  }

  void judge_sources() {
    const bool wants_v4 = seen_.family != dns::address_family::ipv6;
    const bool wants_v6 = seen_.family != dns::address_family::ipv4;
    const bool has_v4 = wants_v4 && seen_.ipv4.address.has_value();
    const bool has_v6 = wants_v6 && seen_.ipv6.address.has_value();
    if (wants_v4) judge_source("source_ipv4", seen_.ipv4, has_v6);
    if (wants_v6) judge_source("source_ipv6", seen_.ipv6, has_v4);
  }

  void judge_source(const char* check, const source& from, bool other_exists) {
    const bool is_v4 = std::string_view(check) == "source_ipv4";
    const std::string family = is_v4 ? "IPv4" : "IPv6";
    if (!from.address) {
      if (!other_exists) {
        return add(
            grade::wrong, check, family, "this machine has no route to the internet over " + family,
            "Give the machine a default route; without one no host of strangers can be asked.");
      }
      if (!is_v4)
        return add(grade::ok, check, family, "this machine has no IPv6; calls go over IPv4");
      return add(
          grade::warning, check, family,
          "this machine has no route to the internet over IPv4, and most mail hosts have no other",
          "Give the machine a route over IPv4, or set callout.family to \"ipv6\" if that is "
          "meant.");
    }
    const std::string address = from.address->to_string();
    const std::string_view use = net::reserved_for(*from.address);
    if (use.empty()) {
      const std::string why = from.known_from == origin::own_ip ? "by callout.own_ip"
                              : from.known_from == origin::source_setting
                                  ? "as set"
                                  : "by the machine's routes";
      return add(grade::ok, check, address, "calls over " + family + " come from here, " + why);
    }
    if (from.known_from == origin::own_ip) {
      return add(
          grade::warning, check, address,
          "callout.own_ip is an address that the internet does not have (" + std::string(use) + ")",
          "Set callout.own_ip to the address that far hosts see.");
    }
    add(grade::not_known, check, address,
        "calls leave from an address that the internet does not have (" + std::string(use) +
            "), so far hosts see another one",
        "Set callout.own_ip to the address that far hosts see; then its names, SPF and listings "
        "are "
        "looked at.");
  }

  void judge_pointers(const address_facts& of) {
    const dns::pointers& said = of.pointers;
    const std::string address = of.address.to_string();
    const std::string whose = "Ask whoever gave you the address to set its PTR record to " +
                              seen_.helo_name + ", and see that this name leads back to it.";
    if (!dns::is_authoritative(said.status)) {
      return add(grade::not_known, "ptr", address, trouble_of(said.status), ask_again);
    }
    if (said.names.empty()) {
      return add(grade::wrong, "ptr", address, "the address has no name in the DNS (PTR)", whose);
    }
    std::vector<std::string> confirmed;
    std::vector<std::string> others;
    bool had_trouble = said.names_left_out > 0;
    for (const dns::pointer& each : said.names) {
      (each.is_confirmed ? confirmed : others).push_back(each.name);
      had_trouble = had_trouble || !dns::is_authoritative(each.forward);
    }
    if (confirmed.empty() && had_trouble) {
      return add(grade::not_known, "ptr", address,
                 "the address is named " + list_of(others) +
                     "; whether that leads back, the DNS did not say",
                 ask_again);
    }
    if (confirmed.empty()) {
      return add(grade::wrong, "ptr", address,
                 "the address is named " + list_of(others) + ", which does not lead back to it",
                 whose);
    }
    const bool is_generic =
        std::all_of(confirmed.begin(), confirmed.end(),
                    [&](const std::string& each) { return is_made_of(each, of.address); });
    if (is_generic) {
      return add(grade::warning, "ptr", address,
                 "its name " + list_of(confirmed) + " has the address in it, as lines at home have",
                 whose);
    }
    add(grade::ok, "ptr", address, "named " + list_of(confirmed) + ", which leads back to it");
  }

  // Whether EHLO's name and the address belong together.
  void judge_match(const address_facts& of) {
    if (!helo_can_be_looked_up()) return;  // said already
    const std::string address = of.address.to_string();
    const std::string& name = seen_.helo_name;
    const lookup_status status = of.address.is_v4() ? facts_.helo_v4.status : facts_.helo_v6.status;
    const auto& pointers = of.pointers.names;
    const bool is_named_so =
        std::any_of(pointers.begin(), pointers.end(), [&](const dns::pointer& each) {
          return each.is_confirmed && each.name == dns::escaped_name(name);
        });
    if (is_named_so) {
      return add(grade::ok, "helo_match", address, "PTR and EHLO have the same name, " + name);
    }
    if (!dns::is_authoritative(status)) {
      return add(grade::not_known, "helo_match", address,
                 "whether " + name + " leads to it, the DNS did not say", ask_again);
    }
    if (helo_status() != lookup_status::ok) return;  // said already
    const std::vector<std::string> leads_to = helo_addresses();
    if (std::find(leads_to.begin(), leads_to.end(), address) == leads_to.end()) {
      return add(
          grade::warning, "helo_match", address,
          "the name in EHLO, " + name + ", does not lead to the address that calls come from",
          "Publish " + address + " as an address of " + name +
              ", or set callout.helo_name to the name of the address.");
    }
    if (!dns::is_authoritative(of.pointers.status)) {
      return add(grade::ok, "helo_match", address, "the name in EHLO, " + name + ", leads to it");
    }
    add(grade::warning, "helo_match", address,
        "the name in EHLO, " + name + ", leads to it, but its PTR has another name",
        "Have its PTR record set to " + name + ": some hosts compare the two.");
  }

  void judge_spf(const char* check, const std::string& domain, const asio::ip::address& address,
                 const spf::outcome& said) {
    const bool is_helo = std::string_view(check) == "helo_spf";
    if (is_helo && !helo_can_be_looked_up()) return;  // said already
    const std::string client = address.to_string();
    const std::string add_it = "Add " + std::string(address.is_v4() ? "ip4:" : "ip6:") + client +
                               " to the SPF record of " + domain + ".";
    const std::string by = said.term.empty() ? "" : " (" + said.term + ")";
    const auto say = [&](grade graded, const std::string& text, const std::string& advice = "") {
      add(graded, check, domain, text, advice);
    };
    if (said.said != spf::evaluation::pass && said.had_trouble) {
      return say(grade::not_known,
                 "SPF for " + client + ": the DNS did not say all that it would need", ask_again);
    }
    switch (said.said) {
      case spf::evaluation::pass:
        return say(grade::ok, "its SPF record lets " + client + " send for it" + by);
      case spf::evaluation::none:
        if (is_helo) {
          return say(grade::ok, "it has no SPF record",
                     "None is needed; \"v=spf1 a -all\" as a TXT record there shows that no one "
                     "else may use the "
                     "name.");
        }
        return say(grade::warning, "it has no SPF record",
                   "Publish one as a TXT record that names " + client +
                       " and all else that sends for " + domain + ".");
      case spf::evaluation::neutral:
        return say(grade::warning,
                   "its SPF record does not say whether " + client + " may send for it" + by,
                   add_it);
      case spf::evaluation::fail:
      case spf::evaluation::softfail:
        return say(grade::wrong,
                   "its SPF record says that " + client +
                       " may not send for it: " + std::string(to_string(said.said)) + by,
                   add_it);
      case spf::evaluation::permerror:
        return say(grade::wrong, "its SPF record cannot be followed: " + said.problem,
                   "Mend the record.");
      case spf::evaluation::temperror:
        return say(grade::not_known,
                   "SPF for " + client + ": the DNS did not say (" + said.problem + ")", ask_again);
    }
  }

  void judge_domains() {
    for (const reverse_path& each : seen_.senders) {
      if (!each)
        add(grade::ok, "sender_domain", "<>", "nothing is ever sent back to the null sender");
    }
    for (const sender_domain& each : facts_.domains) judge_domain(each);
  }

  void judge_domain(const sender_domain& of) {
    const dns::mail_hosts& said = of.hosts;
    const auto say = [&](grade graded, const std::string& text, const std::string& advice = "") {
      add(graded, "sender_domain", of.of.text(), text, advice);
    };
    const std::string other = "Use a sender whose bounces arrive, or \"<>\".";
    switch (said.kind) {
      case dns::routing::no_such_domain:
        return say(grade::wrong, "the sender's domain does not exist in the DNS", other);
      case dns::routing::null_mx:
        return say(grade::wrong, "the sender's domain says that it takes no mail (null MX)", other);
      case dns::routing::no_mail_host:
        return say(grade::wrong,
                   "the sender's domain has neither MX nor address: nothing can be sent back",
                   other);
      case dns::routing::unknown:
        return say(grade::not_known, trouble_of(said.status), ask_again);
      case dns::routing::address_literal:
        return say(grade::warning, "the sender's domain is an address, which many hosts refuse",
                   other);
      case dns::routing::explicit_mx:
      case dns::routing::implicit_mx:
        break;
    }
    bool is_public = false;
    bool has_addresses = false;
    bool may_have_more = said.hosts_left_out > 0;
    for (const dns::mail_host& host : said.hosts) {
      may_have_more = may_have_more || !dns::is_authoritative(host.status) || host.may_have_more ||
                      host.addresses_left_out > 0;
      for (const asio::ip::address& each : host.addresses) {
        has_addresses = true;
        is_public = is_public || net::reserved_for(each).empty();
      }
    }
    if (is_public)
      return say(grade::ok, "the sender's domain has a mail host, " + said.hosts.front().name);
    if (may_have_more) {
      return say(
          grade::not_known,
          "whether the mail hosts of the sender's domain have addresses, the DNS did not say",
          ask_again);
    }
    if (has_addresses) {
      return say(grade::warning,
                 "the mail hosts of the sender's domain have private addresses, seen from here",
                 "See that the public DNS has public ones: far hosts look there.");
    }
    say(grade::wrong,
        "no mail host of the sender's domain has an address: nothing can be sent back", other);
  }

  void judge_dnsbls() {
    if (seen_.dnsbls.empty() && !facts_.addresses.empty()) {
      add(grade::not_known, "dnsbl", "", "no block list is set, so none was asked",
          "Name those that matter to you in self_test.dnsbl, such as \"ips.backscatterer.org\", "
          "which lists who "
          "makes callouts.");
    }
    for (const address_facts& each : facts_.addresses) {
      for (const dnsbl_answer& said : each.dnsbls) judge_dnsbl(each.address.to_string(), said);
    }
  }

  void judge_dnsbl(const std::string& address, const dnsbl_answer& said) {
    const auto say = [&](grade graded, const std::string& text, const std::string& advice = "") {
      add(graded, "dnsbl", address, said.list + text, advice);
    };
    switch (said.said) {
      case listing::not_listed:
        return say(grade::ok, " does not list it");
      case listing::listed:
        return say(grade::wrong, " lists it (" + said.detail + ")",
                   "Callouts to hosts that use this list tell nothing. Find out why, slow callouts "
                   "down or turn "
                   "call-backs off, then ask the list to take the address off.");
      case listing::refused:
        return say(
            grade::not_known, " does not serve the resolver that cbvd asks (" + said.detail + ")",
            "Set dns.servers to a resolver of your own; large public ones are often refused.");
      case listing::not_working:
        return say(
            grade::not_known,
            " does not answer as RFC 5782 will have it for its test entries, so it is not believed",
            "Take it out of self_test.dnsbl if it stays so, or if it has no addresses of this "
            "family.");
      case listing::trouble:
        return say(grade::not_known, ": the DNS did not say (" + said.detail + ")", ask_again);
    }
  }

  const facts& facts_;
  const appearance& seen_;
  std::vector<finding> found_;
};

}  // namespace

std::vector<finding> judge(const facts& learnt) {
  return judgement(learnt).run();
}

}  // namespace cbv::self_test
