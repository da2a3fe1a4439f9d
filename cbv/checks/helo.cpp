#include "cbv/checks/helo.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "cbv/address/domain.hpp"
#include "cbv/base/shown.hpp"
#include "cbv/checks/merge.hpp"

namespace cbv::checks {
namespace {

constexpr std::size_t shown_octets_max = 255;

// More than is compared of an honest host, so that what a rule comes to is not left to the order.
constexpr std::size_t addresses_max = 64;

parsed<domain> read(const envelope& of) {
  return domain::parse(of.helo);
}

bool is_qualified_name(const parsed<domain>& name) {
  return name && !name->literal() && name->text().find('.') != std::string::npos;
}

// An address, in an address literal or bare, as those write it who do not know what HELO is for.
std::optional<asio::ip::address> address_in(std::string_view helo) {
  if (const auto name = domain::parse(helo); name && name->literal()) {
    return net::unmapped(*name->literal());
  }
  if (helo.starts_with('[') && helo.ends_with(']')) helo = helo.substr(1, helo.size() - 2);
  boost::system::error_code none;
  const auto bare = asio::ip::make_address(helo, none);
  return none ? std::nullopt : std::optional(net::unmapped(bare));
}

bool is_one_of(const asio::ip::address& address, const std::vector<asio::ip::address>& all) {
  return std::find(all.begin(), all.end(), address) != all.end();
}

// Nothing shows that it is one of us. A client that is not known may be.
bool is_stranger(const envelope& of, const helo_rules& rules) {
  if (of.authenticated || !of.client || is_one_of(*of.client, rules.own_addresses)) return false;
  return std::none_of(rules.own_networks.begin(), rules.own_networks.end(),
                      [&of](const net::ip_network& each) { return each.contains(*of.client); });
}

class judgement {
 public:
  judgement(const envelope& of, const helo_rules& rules, const helo_facts& facts)
      : of_(of),
        rules_(rules),
        facts_(facts),
        name_(read(of)),
        helo_(shown(of.helo, shown_octets_max)) {}

  finding run() && {
    if (is_on(rules_.syntax)) judge_syntax();
    if (is_on(rules_.literal)) judge_literal();
    if (is_on(rules_.own)) judge_own();
    if (is_qualified_name(name_)) {
      if (is_on(rules_.resolves)) judge_resolves();
      if (is_on(rules_.matches) && of_.client) judge_matches();
    }
    return merged(parts_);
  }

 private:
  void pass(std::string evidence = {}) {
    parts_.push_back(finding{outcome::pass, std::move(evidence)});
  }
  void unknown(std::string why) { parts_.push_back(not_known(std::move(why))); }
  void fail(std::string evidence, const rule_form& rule, const reply_form& by_default) {
    parts_.push_back(failed(std::move(evidence), rule, by_default));
  }

  void judge_syntax() {
    if (is_qualified_name(name_) || (name_ && name_->literal())) return pass(helo_);
    const std::string why = name_ ? "has only one label" : to_string(name_.error());
    fail(helo_ + " is neither a qualified name nor an address literal: " + why, rules_.syntax,
         {0, "5.5.4", "HELO needs a fully qualified name or an address literal"});
  }

  void judge_literal() {
    if (!name_ || !name_->literal() || !of_.client) return;
    if (net::unmapped(*name_->literal()) == *of_.client) return pass();
    fail(helo_ + " is not the address of the client, " + of_.client->to_string(), rules_.literal,
         {0, "5.7.1", "HELO has an address that is not yours"});
  }

  void judge_own() {
    if (!is_stranger(of_, rules_)) return;
    const auto address = address_in(of_.helo);
    const bool is_ours = (address && is_one_of(*address, rules_.own_addresses)) ||
                         rules_.own_names.matches(name_ ? name_->text() : of_.helo);
    if (!is_ours) return pass();
    fail(helo_ + " is ours, said by a stranger", rules_.own,
         {0, "5.7.1", "HELO has a name or address that is ours, not yours"});
  }

  void judge_resolves() {
    if (!facts_.host) return unknown(helo_ + " was not looked up");
    const dns::lookup_status status = facts_.host->status;
    if (status == dns::lookup_status::ok || facts_.exchange == dns::lookup_status::ok) {
      return pass();
    }
    const bool is_proved = dns::is_authoritative(status) &&
                           (status == dns::lookup_status::nx_domain ||
                            (facts_.exchange && dns::is_authoritative(*facts_.exchange)));
    if (!is_proved) return unknown(trouble());
    fail(helo_ + (status == dns::lookup_status::nx_domain ? " does not exist in the DNS"
                                                          : " has neither address nor MX"),
         rules_.resolves, {0, "5.7.1", "HELO has a name that the DNS does not know"});
  }

  void judge_matches() {
    if (!facts_.host) return unknown(helo_ + " was not looked up");
    const dns::mail_host& host = *facts_.host;
    if (is_one_of(*of_.client, host.addresses)) return pass();
    if (!dns::is_authoritative(host.status)) return unknown(trouble());
    if (host.may_have_more || host.addresses_left_out > 0) {
      return unknown("not all addresses of " + helo_ + " are known");
    }
    fail(helo_ + " does not lead to the client, " + of_.client->to_string(), rules_.matches,
         {0, "5.7.1", "HELO has a name that does not lead to your address"});
  }

  std::string trouble() const {
    const bool is_of_host = !dns::is_authoritative(facts_.host->status);
    const dns::lookup_status what =
        is_of_host ? facts_.host->status : facts_.exchange.value_or(dns::lookup_status::timed_out);
    return "looking up " + helo_ + ": " + std::string(to_string(what));
  }

  const envelope& of_;
  const helo_rules& rules_;
  const helo_facts& facts_;
  parsed<domain> name_;
  std::string helo_;  // fit to be shown
  std::vector<finding> parts_;
};

}  // namespace

bool helo_needs_dns(const envelope& of, const helo_rules& rules) {
  const bool asks = is_on(rules.resolves) || (is_on(rules.matches) && of.client);
  if (!asks || !is_qualified_name(read(of))) return false;
  // What a look at the name itself rejects cannot be rejected more.
  const finding at_once = judge_helo(of, rules, {});
  return !at_once.decision || at_once.decision->action != action::reject;
}

finding judge_helo(const envelope& of, const helo_rules& rules, const helo_facts& facts) {
  if (of.helo.empty()) return finding{outcome::skip, "the edge knows no HELO"};
  return judgement(of, rules, facts).run();
}

awaitable<helo_facts> gather_helo(dns::resolver& names, const envelope& of, const helo_rules& rules,
                                  time_point deadline) {
  helo_facts facts;
  if (!helo_needs_dns(of, rules)) co_return facts;
  const std::string name = read(of)->text();
  dns::mail_hosts_options options;
  options.addresses_max = addresses_max;
  facts.host = co_await dns::find_host(names, name, options, deadline);
  const bool has_no_address = facts.host->status == dns::lookup_status::no_data;
  if (!has_no_address || !is_on(rules.resolves)) co_return facts;
  const auto exchanges = co_await names.mx(name, deadline);
  facts.exchange = exchanges.status;
  co_return facts;
}

}  // namespace cbv::checks
