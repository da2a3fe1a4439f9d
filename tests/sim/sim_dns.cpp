#include "tests/sim/sim_dns.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "cbv/dns/encode.hpp"
#include "cbv/dns/message.hpp"

namespace cbv::sim {
namespace {

constexpr std::uint16_t udp_octets = 1232;

dns::message query_for(const dns::question& asked, std::uint16_t id) {
  dns::message query;
  query.id = id;
  query.recursion_desired = true;
  query.asked = asked;
  query.udp_octets = udp_octets;
  return query;
}

dns::finding trouble(dns::lookup_status status) {
  dns::finding found;
  found.status = status;
  return found;
}

}  // namespace

awaitable<dns::answer<dns::mx_record>> sim_dns::mx(std::string name, time_point deadline) {
  return look_up<dns::mx_record>(std::move(name), dns::record_type::mx, deadline);
}

awaitable<dns::answer<asio::ip::address_v4>> sim_dns::a(std::string name, time_point deadline) {
  return look_up<asio::ip::address_v4>(std::move(name), dns::record_type::a, deadline);
}

awaitable<dns::answer<asio::ip::address_v6>> sim_dns::aaaa(std::string name, time_point deadline) {
  return look_up<asio::ip::address_v6>(std::move(name), dns::record_type::aaaa, deadline);
}

awaitable<dns::answer<dns::text_data>> sim_dns::txt(std::string name, time_point deadline) {
  return look_up<dns::text_data>(std::move(name), dns::record_type::txt, deadline);
}

awaitable<dns::answer<dns::name_data>> sim_dns::ptr(std::string name, time_point deadline) {
  return look_up<dns::name_data>(std::move(name), dns::record_type::ptr, deadline);
}

template <class Record>
awaitable<dns::answer<Record>> sim_dns::look_up(std::string name, dns::record_type type,
                                                time_point deadline) {
  dns::question asked{std::move(name), type, dns::class_in};
  dns::answer<Record> answer;
  for (std::size_t hops = 0; hops <= dns::cname_chain_max; ++hops) {
    const dns::finding found = co_await ask(asked, deadline);
    answer.status = found.status;
    answer.ttl = found.ttl;
    if (found.next) {
      asked.name = *found.next;
      continue;
    }
    for (const dns::record_data& data : found.records) {
      if (const auto* record = std::get_if<Record>(&data)) answer.records.push_back(*record);
    }
    co_return answer;
  }
  answer.status = dns::lookup_status::server_failure;
  co_return answer;
}

awaitable<dns::finding> sim_dns::ask(dns::question asked, time_point deadline) {
  const auto id = static_cast<std::uint16_t>(++questions_);
  const result<std::string> query = dns::encode_message(query_for(asked, id));
  if (!query) co_return trouble(dns::lookup_status::malformed);
  const bool is_lost = happens(options_.lost);
  const bool is_failure = happens(options_.server_failure);
  for (const bool over_tcp : {false, true}) {
    const dns_answer said = zone_.answer(*query, over_tcp);
    const time_point arrival = time_.now() + options_.round_trip + said.delay;
    co_await time_.sleep_until(std::min(arrival, deadline));
    if (said.wire.empty() || is_lost) co_await time_.sleep_until(deadline);
    if (time_.now() >= deadline) co_return trouble(dns::lookup_status::timed_out);
    if (is_failure) co_return trouble(dns::lookup_status::server_failure);
    const result<dns::message> response = dns::parse_message(said.wire);
    if (!response) co_return trouble(dns::lookup_status::malformed);
    if (!response->truncated || over_tcp) co_return dns::read_response(*response, asked);
  }
  co_return trouble(dns::lookup_status::malformed);
}

}  // namespace cbv::sim
