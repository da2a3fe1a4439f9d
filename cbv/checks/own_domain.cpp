#include "cbv/checks/own_domain.hpp"

#include <algorithm>
#include <utility>

#include "cbv/base/ascii.hpp"

namespace cbv::checks {

bool own_domain_table::add(own_domain one) {
  std::map<std::string, reach, std::less<>> added;
  const std::size_t number = all_.size();
  for (const name_pattern& pattern : one.domains) {
    const std::string name = ascii::to_lower(pattern.name());  // of "[IPv6:", too
    const auto there = names_.find(name);
    const reach before = there == names_.end() ? reach{} : there->second;
    reach& now = added[name];
    if (pattern.has_itself() && (before.itself || now.itself)) return false;
    if (pattern.has_below() && (before.below || now.below)) return false;
    if (pattern.has_itself()) now.itself = number;
    if (pattern.has_below()) now.below = number;
  }
  for (const auto& [name, now] : added) {
    reach& at = names_[name];
    if (now.itself) at.itself = now.itself;
    if (now.below) at.below = now.below;
  }
  all_.push_back(std::move(one));
  return true;
}

const own_domain* own_domain_table::find(std::string_view domain) const {
  if (names_.empty()) return nullptr;
  const std::string folded = ascii::to_lower(domain);
  const std::string_view whole = folded;
  const auto itself = names_.find(whole);
  if (itself != names_.end() && itself->second.itself) return &all_[*itself->second.itself];
  for (std::size_t dot = whole.find('.'); dot != std::string_view::npos;
       dot = whole.find('.', dot + 1)) {
    const auto above = names_.find(whole.substr(dot + 1));
    if (above != names_.end() && above->second.below) return &all_[*above->second.below];
  }
  return nullptr;
}

finding check_own_domain(const own_domain_table& ours, const envelope& about, const paths& parsed) {
  if (!parsed.sender) return finding{outcome::pass, "no domain in the reverse-path"};
  const std::string& domain = parsed.sender->domain().text();
  const own_domain* const owner = ours.find(domain);
  if (owner == nullptr) return finding{outcome::pass, domain + " is none of the table"};
  if (!is_on(owner->stranger)) return finding{outcome::skip, "switched off for " + domain};
  if (about.authenticated)
    return finding{outcome::pass, domain + " by a client that authenticated"};
  if (!about.client) return not_known("the address of the client is not known");
  const boost::asio::ip::address& client = *about.client;
  const bool may = client.is_loopback() ||
                   std::any_of(owner->networks.begin(), owner->networks.end(),
                               [&client](const auto& one) { return one.contains(client); });
  if (may) return finding{outcome::pass, client.to_string() + " may send for " + domain};
  return failed(client.to_string() + " is none of the networks of " + domain, owner->stranger,
                reply_form{550, "5.7.1", "Sender address rejected: not from this host"});
}

}  // namespace cbv::checks
