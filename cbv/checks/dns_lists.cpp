#include "cbv/checks/dns_lists.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "cbv/base/shown.hpp"
#include "cbv/checks/merge.hpp"

namespace cbv::checks {
namespace {

constexpr std::size_t words_octets_max = 200;
constexpr std::size_t named_lists_max = 3;  // in a reply
constexpr int reject_code = 554;            // as MTAs have it that ask such lists themselves

const zone_answer* answer_of(const std::string& zone, const dns_list_facts& facts) {
  const auto found = std::find_if(facts.zones.begin(), facts.zones.end(),
                                  [&zone](const zone_answer& each) { return each.zone == zone; });
  return found == facts.zones.end() ? nullptr : &*found;
}

bool counts(const dns_list& list, const boost::asio::ip::address_v4& code) {
  return list.codes.empty() || std::any_of(list.codes.begin(), list.codes.end(),
                                           [&](const auto& each) { return each.has(code); });
}

bool lists_client(const dns_list& list, const zone_answer& said) {
  return said.said == dns::listing::listed &&
         std::any_of(said.codes.begin(), said.codes.end(),
                     [&list](const auto& each) { return counts(list, each); });
}

// The list could have the client, for all that is known. One without a test entry has, by the DNS's
// own word, nothing in it that is to be believed.
bool is_not_known(const zone_answer* said) {
  return said == nullptr || said->said == dns::listing::trouble ||
         said->said == dns::listing::refused;
}

std::string evidence_of(const dns_list& list, const zone_answer& said) {
  std::string text = list.zone + " (";
  for (const auto& code : said.codes) {
    if (!counts(list, code)) continue;
    if (!text.ends_with('(')) text += ' ';
    text += code.to_string();
  }
  if (!said.words.empty()) text += ": " + shown(said.words, words_octets_max);
  return text + ')';
}

class judgement {
 public:
  judgement(const envelope& of, const dns_list_rules& rules, const dns_list_facts& facts)
      : client_(of.client->to_string()), rules_(rules), facts_(facts) {
    for (const dns_list& each : rules.lists) sort_out(each);
  }

  finding run() && {
    if (allowed_by_ != nullptr) return finding{outcome::pass, "allowed by " + seen_of_allowed()};
    judge_alone();
    judge_weight();
    if (parts_.empty()) return without_fault();
    finding all = merged(parts_);
    if (is_saved_by_doubt(all)) soften(all);
    return all;
  }

 private:
  struct hit {
    const dns_list* list;
    const zone_answer* said;
  };

  void sort_out(const dns_list& list) {
    const zone_answer* said = answer_of(list.zone, facts_);
    if (said != nullptr && lists_client(list, *said)) {
      weight_ += list.weight;
      hits_.push_back({&list, said});
      if (list.allows && allowed_by_ == nullptr) allowed_by_ = &list;
      return;
    }
    const bool is_heard = said != nullptr && (said->said == dns::listing::not_listed ||
                                              said->said == dns::listing::listed);
    if (!is_heard) silent_.push_back(&list);
    if (!is_not_known(said)) return;
    may_be_allowed_ = may_be_allowed_ || list.allows;
    if (list.weight < 0) weight_in_doubt_ += list.weight;
  }

  std::string seen_of_allowed() const {
    for (const hit& each : hits_) {
      if (each.list == allowed_by_) return evidence_of(*each.list, *each.said);
    }
    return allowed_by_->zone;
  }

  void judge_alone() {
    for (const hit& each : hits_) {
      if (!is_on(each.list->alone)) continue;
      parts_.push_back(failed("listed by " + evidence_of(*each.list, *each.said), each.list->alone,
                              {reject_code, "5.7.1", reply_text(each.list->zone)}));
    }
  }

  void judge_weight() {
    if (!is_on(rules_.heavy) || weight_ < rules_.threshold) return;
    std::vector<std::string> zones;
    std::string evidence =
        "weight " + std::to_string(weight_) + " of " + std::to_string(rules_.threshold) + ": ";
    for (const hit& each : hits_) {
      if (!zones.empty()) evidence += ", ";
      evidence += evidence_of(*each.list, *each.said);
      zones.push_back(each.list->zone);
    }
    if (zones.empty()) return;  // a threshold of nothing is for no one
    parts_.push_back(
        failed(evidence, rules_.heavy, {reject_code, "5.7.1", reply_text(names_of(hits_))}));
  }

  static std::string names_of(const std::vector<hit>& hits) {
    std::vector<std::string> zones;
    for (const hit& each : hits) {
      const bool is_new = std::find(zones.begin(), zones.end(), each.list->zone) == zones.end();
      if (is_new && each.list->weight > 0) zones.push_back(each.list->zone);
    }
    if (zones.size() > named_lists_max) zones.resize(named_lists_max);
    std::string names;
    for (const std::string& each : zones) names += (names.empty() ? "" : ", ") + each;
    return names;
  }

  std::string reply_text(const std::string& zones) const {
    return "Client " + client_ + " is listed by " + zones;
  }

  // A list that might have spoken for the client was not heard: that must not be the reason why it
  // is rejected.
  bool is_saved_by_doubt(const finding& all) const {
    if (!all.decision || all.decision->action != action::reject) return false;
    if (may_be_allowed_) return true;
    const bool rejects_alone = std::any_of(hits_.begin(), hits_.end(), [](const hit& each) {
      return each.list->alone.if_failed == consequence::reject;
    });
    return !rejects_alone && weight_ + weight_in_doubt_ < rules_.threshold;
  }

  void soften(finding& all) const {
    const std::string text = std::move(all.decision->text);
    all = failed(all.evidence + "; a list that may allow it did not answer",
                 rule_form{{}, consequence::defer}, {0, "5.7.1", text});
  }

  finding without_fault() const {
    std::string seen;
    for (const hit& each : hits_) {
      seen += (seen.empty() ? "listed by " : ", ") + evidence_of(*each.list, *each.said);
    }
    if (silent_.empty()) return finding{outcome::pass, seen.empty() ? "not listed" : seen};
    std::string why;
    for (const dns_list* each : silent_) {
      const zone_answer* said = answer_of(each->zone, facts_);
      why += (why.empty() ? "" : ", ") + each->zone + ": " +
             std::string(said == nullptr ? "not asked" : to_string(said->said));
    }
    return not_known(seen.empty() ? why : seen + "; " + why);
  }

  std::string client_;
  const dns_list_rules& rules_;
  const dns_list_facts& facts_;
  std::vector<hit> hits_;
  std::vector<const dns_list*> silent_;  // that said nothing that counts
  const dns_list* allowed_by_ = nullptr;
  bool may_be_allowed_ = false;
  int weight_ = 0;
  int weight_in_doubt_ = 0;  // what lists that were not heard might have taken off
  std::vector<finding> parts_;
};

}  // namespace

finding judge_dns_lists(const envelope& of, const dns_list_rules& rules,
                        const dns_list_facts& facts) {
  if (rules.lists.empty()) return finding{outcome::skip, "no lists are set"};
  if (!of.client) return finding{outcome::skip, "the client's address is not known"};
  return judgement(of, rules, facts).run();
}

}  // namespace cbv::checks
