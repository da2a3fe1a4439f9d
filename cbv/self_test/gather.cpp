#include "cbv/self_test/gather.hpp"

#include <algorithm>
#include <utility>

#include "cbv/async/side_by_side.hpp"
#include "cbv/net/reserved.hpp"

namespace cbv::self_test {
namespace {

// The parts below write into facts that are in the frame of gather(), which waits for them.

template <class Value>
awaitable<void> keep(awaitable<Value> asking, Value& into) {
  into = co_await std::move(asking);
}

void add_address(facts& into, const source& from) {
  if (!from.address || !net::reserved_for(*from.address).empty()) return;
  address_facts one;
  one.address = *from.address;
  for (const reverse_path& each : into.seen.senders) {
    if (!each || each->domain().literal()) continue;
    one.senders.push_back(sender_spf{*each, {}});
  }
  const std::size_t lists = std::min(into.seen.dnsbls.size(), dnsbls_max);
  for (std::size_t i = 0; i < lists; ++i) {
    dnsbl_answer asked;
    asked.list = into.seen.dnsbls[i];
    one.dnsbls.push_back(std::move(asked));
  }
  into.addresses.push_back(std::move(one));
}

void add_domains(facts& into) {
  for (const reverse_path& each : into.seen.senders) {
    if (!each) continue;
    const bool is_known =
        std::any_of(into.domains.begin(), into.domains.end(),
                    [&](const sender_domain& other) { return other.of == each->domain(); });
    if (!is_known) into.domains.push_back(sender_domain{each->domain(), {}});
  }
}

}  // namespace

awaitable<facts> gather(dns::resolver& names, const clock& time, random_source& chance,
                        appearance seen, time_point deadline) {
  facts learnt;
  learnt.seen = std::move(seen);
  if (learnt.seen.family != dns::address_family::ipv6) add_address(learnt, learnt.seen.ipv4);
  if (learnt.seen.family != dns::address_family::ipv4) add_address(learnt, learnt.seen.ipv6);
  add_domains(learnt);

  const std::string& helo = learnt.seen.helo_name;
  std::vector<awaitable<void>> questions;
  if (helo.find('.') != std::string::npos && !helo.starts_with('[')) {
    questions.push_back(keep(names.a(helo, deadline), learnt.helo_v4));
    questions.push_back(keep(names.aaaa(helo, deadline), learnt.helo_v6));
  }
  for (sender_domain& each : learnt.domains) {
    questions.push_back(
        keep(dns::find_mail_hosts(names, chance, each.of, {}, deadline), each.hosts));
  }
  for (address_facts& here : learnt.addresses) {
    questions.push_back(
        keep(dns::find_pointers(names, here.address, pointers_max, deadline), here.pointers));
    const spf::identity as_helo = spf::helo_identity(here.address, helo);
    questions.push_back(keep(spf::check_host(names, time, as_helo, {}, deadline), here.helo_spf));
    for (sender_spf& each : here.senders) {
      const spf::identity as_sender =
          spf::mail_from_identity(here.address, helo, to_string(each.sender));
      questions.push_back(keep(spf::check_host(names, time, as_sender, {}, deadline), each.said));
    }
    for (dnsbl_answer& each : here.dnsbls) {
      questions.push_back(keep(ask_dnsbl(names, each.list, here.address, deadline), each));
    }
  }
  co_await side_by_side(std::move(questions));
  co_return learnt;
}

}  // namespace cbv::self_test
