#include "cbv/policy/listing_watch.hpp"

#include <algorithm>

#include "cbv/net/ip_network.hpp"

namespace cbv::policy {
namespace {

namespace ip = boost::asio::ip;

// The first address of the network that counts as one host.
ip::address network_of(const ip::address& host) {
  const ip::address address = net::unmapped(host);
  if (address.is_v4()) return ip::address_v4(address.to_v4().to_uint() & 0xffffff00U);
  auto octets = address.to_v6().to_bytes();
  std::fill(octets.begin() + 8, octets.end(), static_cast<unsigned char>(0));
  return ip::address_v6(octets);
}

}  // namespace

void listing_watch::change_options(listing_options options) {
  options_ = options;
  if (options_.hosts > 0) return;
  raised_ = false;
  on_trial_ = false;
  trials_ = 0;
}

std::optional<listing_watch::change> listing_watch::note(const ip::address& host, bool about_us,
                                                         time_point now) {
  // Call-backs that were under way when the alarm was raised say nothing new.
  const bool pausing = raised_ && !on_trial_;
  if (options_.hosts == 0 || pausing) return std::nullopt;
  remember(network_of(host), about_us, now);
  const bool alarming = refusing_ >= options_.hosts && is_share_reached();
  if (alarming) {
    const bool is_news = !raised_;
    pause(now);
    return is_news ? std::optional(change::raised) : std::nullopt;
  }
  const bool calm = heard_.size() >= options_.hosts && !is_share_reached();
  if (!raised_ || !calm) return std::nullopt;
  raised_ = false;
  on_trial_ = false;
  trials_ = 0;
  return change::cleared;
}

bool listing_watch::admits(time_point now) {
  if (!raised_) return true;
  if (trials_ == 0) {
    if (now < paused_until_) return false;
    on_trial_ = true;
    trials_ = 2 * options_.hosts;
    paused_until_ = now + options_.pause;  // if they do not bring it to an end
  }
  --trials_;
  return true;
}

void listing_watch::remember(const ip::address& network, bool about_us, time_point now) {
  while (!heard_.empty() && heard_.front().last + options_.window <= now) forget_oldest();
  const auto found = by_network_.find(network);
  if (found != by_network_.end()) {
    opinion& known = *found->second;
    if (known.about_us) --refusing_;
    if (about_us) ++refusing_;
    known.about_us = about_us;
    known.last = now;
    heard_.splice(heard_.end(), heard_, found->second);
    return;
  }
  while (!heard_.empty() && heard_.size() >= options_.networks_max) forget_oldest();
  heard_.push_back({network, about_us, now});
  by_network_.emplace(network, std::prev(heard_.end()));
  if (about_us) ++refusing_;
}

void listing_watch::forget_oldest() {
  if (heard_.front().about_us) --refusing_;
  by_network_.erase(heard_.front().network);
  heard_.pop_front();
}

void listing_watch::pause(time_point now) {
  raised_ = true;
  on_trial_ = false;
  trials_ = 0;
  paused_until_ = now + options_.pause;
  heard_.clear();
  by_network_.clear();
  refusing_ = 0;
}

bool listing_watch::is_share_reached() const noexcept {
  return refusing_ * 100 >= options_.share_percent * heard_.size();
}

}  // namespace cbv::policy
