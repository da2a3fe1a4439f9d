#include "cbv/checks/rate_control.hpp"

#include <array>
#include <string_view>
#include <utility>

#include "cbv/net/ip_network.hpp"

namespace cbv::checks {
namespace {

constexpr float minute = 60;
constexpr float hour = 3'600;
constexpr std::size_t windows = 2;
constexpr std::size_t events = 3;
constexpr std::size_t times_over = windows * events;  // the bucket behind those of the events

constexpr std::array<std::string_view, events> event_words{"questions", "unknown recipients",
                                                           "failures"};
constexpr std::array<std::string_view, windows> window_words{"a minute", "an hour"};

constexpr std::size_t first_bucket(rate_event what) {
  return static_cast<std::size_t>(what) * windows;
}

rate_table::bounds bounds_of(const rate_options& with) {
  const std::array<rate_limits, events> limits{with.questions, with.unknown_recipients,
                                               with.failures};
  rate_table::bounds all{};
  for (std::size_t i = 0; i < events; ++i) {
    all[i * windows] = {static_cast<float>(limits[i].per_minute), minute};
    all[i * windows + 1] = {static_cast<float>(limits[i].per_hour), hour};
  }
  all[times_over] = {static_cast<float>(with.refuse_after), hour};
  return all;
}

template <std::size_t Count>
std::uint64_t leading_bits(const std::array<unsigned char, Count>& octets, unsigned prefix) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < sizeof bits; ++i) bits = bits << 8U | (i < Count ? octets[i] : 0U);
  constexpr unsigned width = 64;
  return prefix == 0 ? 0 : bits >> (width - prefix) << (width - prefix);
}

}  // namespace

rate_control::rate_control(rate_options with, std::uint64_t seed)
    : with_(std::move(with)), seed_(seed), table_(with_.clients_max, bounds_of(with_), seed) {}

void rate_control::change(rate_options with) {
  const bool stays = with.ipv4_prefix == with_.ipv4_prefix &&
                     with.ipv6_prefix == with_.ipv6_prefix && with.clients_max == with_.clients_max;
  with_ = std::move(with);
  if (stays) return table_.change(bounds_of(with_));
  table_ = rate_table(with_.clients_max, bounds_of(with_), seed_);
}

// An IPv4 client stands where IPv6 has multicast (ff00::/8), which no client is.
std::uint64_t rate_control::key_of(const boost::asio::ip::address& client) const noexcept {
  constexpr std::uint64_t four = 0xffff'0000'0000'0000U;
  constexpr unsigned behind = 32;
  if (client.is_v6()) return leading_bits(client.to_v6().to_bytes(), with_.ipv6_prefix);
  return four | leading_bits(client.to_v4().to_bytes(), with_.ipv4_prefix) >> behind;
}

finding rate_control::check(const envelope& about, time_point now) {
  if (!is_on(with_.over)) return finding{outcome::skip, "switched off"};
  if (!about.client) return not_known("the address of the client is not known");
  rate_table::client& of = table_.at(key_of(*about.client), now);
  for (std::size_t i = 0; i < times_over; ++i) {
    if (!table_.has_room(of, i)) return over(*about.client, i, of);
  }
  constexpr std::size_t asked = first_bucket(rate_event::question);
  for (std::size_t i = asked; i < asked + windows; ++i) table_.pour(of, i);
  return finding{outcome::pass, "within the limits"};
}

finding rate_control::over(const boost::asio::ip::address& client, std::size_t bucket,
                           rate_table::client& of) const {
  const unsigned prefix = client.is_v4() ? with_.ipv4_prefix : with_.ipv6_prefix;
  const std::string_view what = event_words.at(bucket / windows);
  std::string evidence = net::ip_network::around(client, prefix).text() + ": more than ";
  evidence += std::to_string(static_cast<std::uint64_t>(table_.limits()[bucket].events_max)) + ' ';
  evidence.append(what).append(" ").append(window_words.at(bucket % windows));
  const bool goes_on = !table_.has_room(of, times_over);
  table_.pour(of, times_over);
  std::string text = "Too many ";
  text.append(what).append(" from your network");
  const reply_form by_default{550, "5.7.1", std::move(text)};
  rule_form rule = with_.over;
  if (rule.if_failed == consequence::reject) rule.if_failed = consequence::defer;
  if (rule.if_failed == consequence::defer && goes_on) {
    evidence += "; over a limit more than " + std::to_string(with_.refuse_after) + " times an hour";
    rule = rule_form{with_.refused, consequence::reject};
  }
  return failed(std::move(evidence), rule, by_default);
}

void rate_control::note(const boost::asio::ip::address& client, rate_event what, time_point now) {
  if (!is_on(with_.over)) return;
  rate_table::client& of = table_.at(key_of(client), now);
  const std::size_t first = first_bucket(what);
  for (std::size_t i = first; i < first + windows; ++i) table_.pour(of, i);
}

}  // namespace cbv::checks
