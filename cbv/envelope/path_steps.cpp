#include "cbv/envelope/path_steps.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "cbv/address/mailbox.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/base/utf8.hpp"

namespace cbv::envelope {
namespace {

constexpr std::size_t evidence_octets_max = 300;

checks::outcome outcome_of(const verdict& found) {
  if (found.reason == reason::not_asked) return checks::outcome::skip;
  switch (found.status) {
    case status::deliverable:
      return checks::outcome::pass;
    case status::undeliverable:
      return checks::outcome::fail;
    case status::unknown:
      break;
  }
  return checks::outcome::unknown;
}

// "mailbox_not_found, from cache: mx1.example.org said 550 5.1.1 no such user". What the far host
// said is printable already.
std::string evidence_of(const verdict& found) {
  std::string words(to_string(found.reason));
  words.append(", from ").append(to_string(found.source));
  if (found.reply) {
    words.append(": ")
        .append(found.host)
        .append(" said ")
        .append(std::to_string(found.reply->code));
    for (const std::string* part : {&found.reply->enhanced, &found.reply->text}) {
      if (!part->empty()) words.append(" ").append(*part);
    }
  } else if (!found.detail.empty()) {
    words.append(": ").append(found.detail);
  }
  words.resize(utf8::truncate(words, evidence_octets_max).size());
  return words;
}

step_result result_of(verdict found, role side, const advice_options& by) {
  step_result made;
  made.found.outcome = outcome_of(found);
  made.found.evidence = evidence_of(found);
  advice said = advise(found, side, by);
  if (said.action != action::accept) made.found.decision = std::move(said);
  made.about = std::move(found);
  return made;
}

step_result skipped(std::string why) {
  return step_result{{checks::outcome::skip, std::move(why)}};
}

query query_of(const question& asked, role side, time_point::duration left) {
  query made;
  made.address = side == role::sender ? asked.about.sender : asked.about.recipient;
  made.role = side;
  if (asked.about.client) made.client_ip = asked.about.client->to_string();
  made.helo = asked.about.helo;
  made.wait =
      std::max(std::chrono::floor<std::chrono::milliseconds>(left), std::chrono::milliseconds(0));
  made.by_name = false;
  return made;
}

// The words for a syntax that is wrong, as the verifier's answer would have them.
checks::finding wrong_syntax(const syntax_error& why, role side, const path_rules& rules) {
  verdict found;
  found.status = status::undeliverable;
  found.reason = reason::syntax;
  const advice said = advise(found, side, rules.advice);
  return checks::failed(std::string(to_string(side)) + ": " + ascii::printable(to_string(why)),
                        rules.syntax, {said.code, said.enhanced, said.text});
}

step_result look_at_syntax(const situation& seen, const path_rules& rules) {
  const checks::envelope& about = seen.asked.about;
  if (seen.asked.is_sender_whole && !seen.paths.sender) {
    const auto path = parse_reverse_path(about.sender);
    if (!path) return step_result{wrong_syntax(path.error(), role::sender, rules)};
  }
  if (seen.asked.is_recipient_whole && !seen.paths.recipient && !about.recipient.empty()) {
    const auto path = parse_forward_path(about.recipient);
    if (!path) return step_result{wrong_syntax(path.error(), role::recipient, rules)};
  }
  return {};
}

// Whether the sender's host may be called for this.
std::optional<std::string> bar_to_callback(const situation& seen,
                                           const std::vector<spf::evaluation>& when) {
  const auto& found = seen.recipient;
  if (seen.asked.about.recipient.empty() || (found && found->status != status::deliverable)) {
    return "the recipient is not known to be good";
  }
  const spf::evaluation said = seen.spf.value_or(spf::evaluation::none);
  if (std::find(when.begin(), when.end(), said) == when.end()) {
    return "SPF says " + std::string(to_string(said));
  }
  return std::nullopt;
}

// Shared by a step and its questions.
using shared_rules = std::shared_ptr<const path_rules>;

awaitable<step_result> ask_recipient(verify_function verify, query asked, shared_rules rules) {
  auto verifying = verify(std::move(asked));
  verdict found = co_await std::move(verifying);
  co_return result_of(std::move(found), role::recipient, rules->advice);
}

awaitable<step_result> ask_sender(verify_function verify, query asked,
                                  std::optional<std::string> bar, shared_rules rules) {
  asked.cached_only = bar.has_value();
  auto verifying = verify(std::move(asked));
  verdict found = co_await std::move(verifying);
  if (bar && found.reason == reason::not_asked) found.detail = "not called back: " + *bar;
  co_return result_of(std::move(found), role::sender, rules->advice);
}

awaitable<step_result> at_once(step_result made) {
  co_return made;
}

}  // namespace

step syntax_step(const path_rules& rules) {
  step made;
  made.which = check::syntax;
  made.at_once = [rules](const situation& seen) { return look_at_syntax(seen, rules); };
  return made;
}

step recipient_step(verify_function verify, const clock& time, const path_rules& rules) {
  step made;
  made.which = check::recipient;
  made.when = start::in_turn;
  made.ask = [verify = std::move(verify), &time, by = std::make_shared<const path_rules>(rules)](
                 const situation& seen, time_point until) {
    const question& asked = seen.asked;
    if (asked.about.recipient.empty()) return at_once(skipped("not known yet"));
    if (!asked.asks_recipient || !asked.is_recipient_whole) return at_once(skipped("not asked"));
    return ask_recipient(verify, query_of(asked, role::recipient, until - time.now()), by);
  };
  return made;
}

step sender_callback_step(verify_function verify, const clock& time, const path_rules& rules) {
  step made;
  made.which = check::sender_callback;
  made.when = start::in_turn;
  made.ask = [verify = std::move(verify), &time, by = std::make_shared<const path_rules>(rules)](
                 const situation& seen, time_point until) {
    const question& asked = seen.asked;
    if (!asked.asks_sender || !asked.is_sender_whole) return at_once(skipped("not asked"));
    return ask_sender(verify, query_of(asked, role::sender, until - time.now()),
                      bar_to_callback(seen, by->callback_when), by);
  };
  return made;
}

}  // namespace cbv::envelope
