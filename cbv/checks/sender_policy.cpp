#include "cbv/checks/sender_policy.hpp"

#include <string_view>
#include <utility>
#include <vector>

#include "cbv/address/mailbox.hpp"
#include "cbv/async/side_by_side.hpp"
#include "cbv/base/shown.hpp"
#include "cbv/checks/merge.hpp"

namespace cbv::checks {
namespace {

using spf::evaluation;

constexpr std::size_t domain_octets_max = 255;
constexpr std::size_t words_octets_max = 200;
constexpr int temperror_code = 451;  // RFC 7208 section 8.6

// Trouble of the DNS that was passed over on the way might have hidden a pass.
evaluation what_counts(const spf::outcome& found) {
  const bool is_in_doubt = found.had_trouble && found.said != evaluation::pass;
  return is_in_doubt ? evaluation::temperror : found.said;
}

const rule_form& rule_for(evaluation said, const spf_results& rules) {
  switch (said) {
    case evaluation::neutral:
      return rules.neutral;
    case evaluation::softfail:
      return rules.softfail;
    case evaluation::fail:
      return rules.fail;
    case evaluation::temperror:
      return rules.temperror;
    case evaluation::permerror:
      return rules.permerror;
    default:
      return rules.none;
  }
}

std::string evidence_of(const char* identity, const spf::outcome& found) {
  std::string text = std::string(identity) + ' ' + shown(found.domain, domain_octets_max) + ": " +
                     std::string(to_string(found.said));
  if (!found.term.empty()) text += " (" + shown(found.term, words_octets_max) + ')';
  if (!found.problem.empty()) text += ", " + shown(found.problem, words_octets_max);
  if (found.had_trouble) text += ", but the DNS did not say all";
  return text;
}

// RFC 7372 has the enhanced codes.
reply_form reply_for(evaluation said, const envelope& of, const spf_rules& rules,
                     const spf::outcome& found) {
  const std::string domain = shown(found.domain, domain_octets_max);
  const std::string client = of.client ? of.client->to_string() : "This client";
  switch (said) {
    case evaluation::fail:
    case evaluation::softfail: {
      std::string text = "SPF: " + client + " may not send for " + domain;
      if (rules.says_explanation && !found.explanation.empty()) {
        text += ", which explains: " + shown(found.explanation, words_octets_max);
      }
      return {0, "5.7.23", std::move(text)};
    }
    case evaluation::temperror:
      return {0, "5.7.24", "SPF: the DNS did not say who may send for " + domain};
    case evaluation::permerror:
      return {0, "5.7.24", "SPF: the record of " + domain + " cannot be read"};
    default:
      return {0, "5.7.23", "SPF: nothing says that " + client + " may send for " + domain};
  }
}

// Whatever the administrator wants: what was not found out is never rejected.
rule_form at_most_deferred(const rule_form& rule) {
  if (rule.if_failed != consequence::reject) return rule;
  return rule_form{{0, "", rule.text}, consequence::defer};
}

finding judge_one(const char* identity, const envelope& of, const spf_rules& rules,
                  const spf_results& results, const spf::outcome& found) {
  const evaluation said = what_counts(found);
  std::string evidence = evidence_of(identity, found);
  if (said == evaluation::pass) return finding{outcome::pass, std::move(evidence)};
  const rule_form& rule = rule_for(said, results);
  const reply_form by_default = reply_for(said, of, rules, found);
  if (said == evaluation::temperror) {
    finding made = failed(std::move(evidence), at_most_deferred(rule), by_default);
    made.outcome = outcome::unknown;
    if (made.decision && made.decision->code == 450) made.decision->code = temperror_code;
    return made;
  }
  if (!is_on(rule)) return finding{outcome::skip, std::move(evidence)};
  return failed(std::move(evidence), rule, by_default);
}

// As the DNS has it, where it is a name.
std::string helo_of(const envelope& of) {
  const auto name = domain::parse(of.helo);
  return name ? name->text() : of.helo;
}

std::string sender_of(const envelope& of) {
  const auto path = parse_reverse_path(of.sender);
  return path && *path ? to_string(**path) : of.sender;
}

// `into` is in the frame of gather_spf, which waits.
awaitable<void> keep(awaitable<spf::outcome> asking, std::optional<spf::outcome>& into) {
  into = co_await std::move(asking);
}

}  // namespace

finding judge_spf(const envelope& of, const spf_rules& rules, const spf_facts& facts) {
  if (!rules.checks_helo && !rules.checks_mail_from) return finding{outcome::skip, "off"};
  if (!of.client) return finding{outcome::skip, "the client's address is not known"};
  std::vector<finding> parts;
  if (rules.checks_helo && facts.helo) {
    parts.push_back(judge_one("helo", of, rules, rules.helo, *facts.helo));
  }
  if (rules.checks_mail_from && facts.mail_from) {
    parts.push_back(judge_one("mailfrom", of, rules, rules.mail_from, *facts.mail_from));
  }
  if (parts.empty()) return finding{outcome::skip, "neither HELO nor sender has a domain"};
  return merged(parts);
}

std::optional<spf::evaluation> spf_of_sender(const spf_facts& facts) {
  if (!facts.mail_from) return std::nullopt;
  return what_counts(*facts.mail_from);
}

awaitable<spf_facts> gather_spf(dns::resolver& names, const clock& time, const envelope& of,
                                const spf_rules& rules, time_point deadline) {
  spf_facts facts;
  if (!of.client) co_return facts;
  const std::string helo = helo_of(of);
  const bool has_null_sender = of.sender.empty();
  const bool asks_helo =
      !helo.empty() && (rules.checks_helo || (rules.checks_mail_from && has_null_sender));
  std::vector<awaitable<void>> questions;
  if (asks_helo) {
    spf::identity as_helo = spf::helo_identity(*of.client, helo);
    questions.push_back(
        keep(spf::check_host(names, time, std::move(as_helo), rules.how, deadline), facts.helo));
  }
  if (rules.checks_mail_from && !has_null_sender) {
    spf::identity as_sender = spf::mail_from_identity(*of.client, helo, sender_of(of));
    questions.push_back(keep(
        spf::check_host(names, time, std::move(as_sender), rules.how, deadline), facts.mail_from));
  }
  co_await side_by_side(std::move(questions));
  if (rules.checks_mail_from && has_null_sender) facts.mail_from = facts.helo;
  if (!rules.checks_helo) facts.helo.reset();
  co_return facts;
}

}  // namespace cbv::checks
