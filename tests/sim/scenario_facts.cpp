#include "tests/sim/scenario_facts.hpp"

#include <boost/asio/ip/address.hpp>
#include <cstdlib>

#include "cbv/counting/counters.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv::sim {
namespace {

// The number that a value begins with: 44 of "44ms".
std::uint64_t number_in(const std::string& value) {
  return std::strtoull(value.c_str(), nullptr, 10);
}

}  // namespace

facts facts_of(const verdict& made) {
  facts all{{"stage", std::string(to_string(made.stage))},
            {"source", std::string(to_string(made.source))},
            {"catch_all", std::string(to_string(made.catch_all))},
            {"host", made.host},
            {"ip", made.host_ip},
            {"detail", made.detail},
            {"reply", "none"},
            {"enhanced", "none"},
            {"text", ""},
            {"tls", made.tls ? made.tls->protocol : "none"},
            {"verified", made.tls && made.tls->verified ? "yes" : "no"},
            {"backup_mx", made.backup_mx ? "yes" : "no"},
            {"elapsed", std::to_string(made.elapsed.count()) + "ms"}};
  if (made.reply) {
    all["reply"] = std::to_string(made.reply->code);
    if (!made.reply->enhanced.empty()) all["enhanced"] = made.reply->enhanced;
    all["text"] = made.reply->text;
  }
  return all;
}

facts facts_of(test_world& in, role side) {
  const host_counts seen = in.net().total();
  const role_counters& counted = in.verifier().counted().of(side);
  facts all{{"connections", std::to_string(seen.connections)},
            {"dials", std::to_string(in.net().connects())},
            {"quits", std::to_string(seen.quits)},
            {"handshakes", std::to_string(seen.handshakes)},
            {"resumed", std::to_string(seen.resumed)},
            {"logins", std::to_string(seen.logins)},
            {"open_max", std::to_string(in.net().open_max_at_one())},
            {"remembered", std::to_string(in.memory().size())},
            {"booked", std::to_string(in.verifier().re_probes()->booked())}};
  for (const funnel_step& step : funnel_steps) {
    all.try_emplace(std::string(step.name), std::to_string(counted.*step.count));
  }
  return all;
}

facts facts_of(test_world& in, const std::string& place) {
  error_code no_address;
  const auto address = asio::ip::make_address(place, no_address);
  const host_counts seen = no_address ? in.net().counts_at(place) : in.net().counts_at(address);
  return {{"connections", std::to_string(seen.connections)},
          {"sessions", std::to_string(seen.sessions)},
          {"commands", std::to_string(seen.commands)},
          {"handshakes", std::to_string(seen.handshakes)},
          {"resumed", std::to_string(seen.resumed)},
          {"logins", std::to_string(seen.logins)},
          {"accepted", std::to_string(seen.recipients_accepted)},
          {"deferred", std::to_string(seen.recipients_deferred)},
          {"refused", std::to_string(seen.recipients_refused)},
          {"quits", std::to_string(seen.quits)},
          {"open_max", std::to_string(seen.open_max)}};
}

expectation expectation_of(const key_value& given) {
  if (given.key.ends_with('>')) {
    return {given.key.substr(0, given.key.size() - 1), likeness::at_least, given.value};
  }
  if (given.key.ends_with('<')) {
    return {given.key.substr(0, given.key.size() - 1), likeness::at_most, given.value};
  }
  return {given.key, likeness::same, given.value};
}

bool is_met(const expectation& wanted, const std::string& got) {
  switch (wanted.how) {
    case likeness::same:
      return got == wanted.value;
    case likeness::part:
      return got.find(wanted.value) != std::string::npos;
    case likeness::at_least:
      return number_in(got) >= number_in(wanted.value);
    case likeness::at_most:
      return number_in(got) <= number_in(wanted.value);
  }
  return false;
}

std::string to_string(const expectation& wanted) {
  switch (wanted.how) {
    case likeness::at_least:
      return wanted.key + " >= " + wanted.value;
    case likeness::at_most:
      return wanted.key + " <= " + wanted.value;
    default:
      return wanted.key + ' ' + wanted.value;
  }
}

}  // namespace cbv::sim
