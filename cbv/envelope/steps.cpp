#include "cbv/envelope/steps.hpp"

#include <utility>

#include "cbv/checks/access.hpp"

namespace cbv::envelope {
namespace {

// Shared by all steps: what a look-up is given lives as long as the steps do.
using shared_rules = std::shared_ptr<const check_rules>;

awaitable<step_result> ask_helo(dns::resolver& names, shared_rules by, const situation& seen,
                                time_point until) {
  auto asking = checks::gather_helo(names, seen.asked.about, by->helo, until);
  const checks::helo_facts facts = co_await std::move(asking);
  step_result made{checks::judge_helo(seen.asked.about, by->helo, facts)};
  co_return made;
}

awaitable<step_result> ask_client_name(dns::resolver& names, shared_rules by, const situation& seen,
                                       time_point until) {
  auto asking = checks::gather_client_name(names, seen.asked.about, by->client_name, until);
  const checks::client_name_facts facts = co_await std::move(asking);
  step_result made{checks::judge_client_name(seen.asked.about, by->client_name, facts)};
  co_return made;
}

awaitable<step_result> ask_dns_lists(checks::dns_list_desk& desk, shared_rules by,
                                     const situation& seen, time_point until) {
  auto asking = desk.gather(seen.asked.about, by->dns_lists, until);
  const checks::dns_list_facts facts = co_await std::move(asking);
  step_result made{checks::judge_dns_lists(seen.asked.about, by->dns_lists, facts)};
  co_return made;
}

awaitable<step_result> ask_spf(dns::resolver& names, const clock& time, shared_rules by,
                               const situation& seen, time_point until) {
  auto asking = checks::gather_spf(names, time, seen.asked.about, by->spf, until);
  const checks::spf_facts facts = co_await std::move(asking);
  step_result made{checks::judge_spf(seen.asked.about, by->spf, facts)};
  made.spf = checks::spf_of_sender(facts);
  co_return made;
}

awaitable<step_result> ask_sender_domain(dns::resolver& names, random_source& chance,
                                         shared_rules by, const situation& seen, time_point until) {
  auto asking = checks::gather_sender_domain(names, chance, seen.paths, by->sender_domain, until);
  const checks::sender_domain_facts facts = co_await std::move(asking);
  step_result made{
      checks::judge_sender_domain(seen.asked.about, seen.paths, by->sender_domain, facts)};
  co_return made;
}

// What became of a question that rate control let pass.
void note_outcome(checks::rate_control& rate, const clock& time, const situation& seen,
                  const judgement& made) {
  const auto& client = seen.asked.about.client;
  if (!client || seen.spared.has(check::rate) || made.decided_by == check::rate) return;
  if (made.meant.action != action::reject) return;
  const bool is_unknown_recipient = made.decided_by == check::recipient;
  rate.note(
      *client,
      is_unknown_recipient ? checks::rate_event::unknown_recipient : checks::rate_event::failure,
      time.now());
}

step rate_step(checks::rate_control& rate, const clock& time) {
  step made;
  made.which = check::rate;
  made.at_once = [&rate, &time](const situation& seen) {
    return step_result{rate.check(seen.asked.about, time.now())};
  };
  made.afterwards = [&rate, &time](const situation& seen, const judgement& told) {
    note_outcome(rate, time, seen, told);
  };
  return made;
}

step access_step(decltype(check_parts::access) lists) {
  step made;
  made.which = check::access;
  made.at_once = [lists = std::move(lists)](const situation& seen) {
    const auto now = lists();
    step_result result{checks::check_access(*now, seen.asked.about, seen.paths)};
    result.spares_the_rest = result.found.outcome == checks::outcome::skip;
    return result;
  };
  return made;
}

step own_domain_step(const shared_rules& by) {
  step made;
  made.which = check::own_domain;
  made.at_once = [by](const situation& seen) {
    return step_result{checks::check_own_domain(by->own_domains, seen.asked.about, seen.paths)};
  };
  return made;
}

step look_up(check which, decltype(step::ask) ask) {
  step made;
  made.which = which;
  made.when = start::side_by_side;
  made.ask = std::move(ask);
  return made;
}

void add_look_ups(std::vector<step>& all, const shared_rules& by, const check_parts& parts) {
  dns::resolver& names = parts.names;
  const auto add = [&all, &by](check which, auto ask) {
    if (by->on.has(which)) all.push_back(look_up(which, std::move(ask)));
  };
  add(check::helo, [&names, by](const situation& seen, time_point until) {
    return ask_helo(names, by, seen, until);
  });
  add(check::client_name, [&names, by](const situation& seen, time_point until) {
    return ask_client_name(names, by, seen, until);
  });
  add(check::dnsbl, [&desk = parts.dns_lists, by](const situation& seen, time_point until) {
    return ask_dns_lists(desk, by, seen, until);
  });
  add(check::spf, [&names, &time = parts.time, by](const situation& seen, time_point until) {
    return ask_spf(names, time, by, seen, until);
  });
  add(check::sender_domain,
      [&names, &chance = parts.chance, by](const situation& seen, time_point until) {
        return ask_sender_domain(names, chance, by, seen, until);
      });
}

}  // namespace

std::vector<step> steps_of(check_rules rules, const check_parts& parts) {
  const auto by = std::make_shared<const check_rules>(std::move(rules));
  std::vector<step> all;
  if (by->on.has(check::rate)) all.push_back(rate_step(parts.rate, parts.time));
  if (by->on.has(check::access)) all.push_back(access_step(parts.access));
  if (by->on.has(check::own_domain)) all.push_back(own_domain_step(by));
  if (by->on.has(check::syntax)) all.push_back(syntax_step(by->paths));
  add_look_ups(all, by, parts);
  if (by->on.has(check::recipient))
    all.push_back(recipient_step(parts.verify, parts.time, by->paths));
  if (by->on.has(check::sender_callback))
    all.push_back(sender_callback_step(parts.verify, parts.time, by->paths));
  return all;
}

}  // namespace cbv::envelope
