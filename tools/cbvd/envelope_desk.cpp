#include "tools/cbvd/envelope_desk.hpp"

#include <utility>

#include "cbv/checks/access_files.hpp"
#include "cbv/envelope/steps.hpp"
#include "tools/cbvd/settings_names.hpp"
#include "tools/cbvd/settings_spf.hpp"

namespace cbv::cbvd {
namespace {

envelope::checker_options checker_options_of(const settings& with) {
  envelope::checker_options options = with.checker;
  options.observe = with.server.session.advice.observe;
  return options;
}

envelope::check_rules check_rules_of(const settings& with) {
  envelope::check_rules rules = with.checks;
  rules.paths.advice = with.server.session.advice;
  rules.paths.advice.observe = false;
  complete_name_rules(rules, with);
  complete_spf_rules(rules.spf);
  return rules;
}

}  // namespace

envelope_desk::envelope_desk(const settings& with, timer& time, dns::resolver& names,
                             random_source& chance, const logger& log,
                             envelope::verify_function verify,
                             const asio::any_io_executor& file_worker)
    : time_(time),
      names_(names),
      chance_(chance),
      verify_(std::move(verify)),
      dns_lists_(names, time),
      rate_(with.rate, chance.next()),
      access_({"access", checks::load_access}, with.access, time, log, file_worker),
      ids_(chance.next()),
      checker_(time, ids_, log, {}, {}),
      decisions_(with.decision_log, log) {
  renew(with);
}

void envelope_desk::renew(const settings& with) {
  decisions_.change(with.decision_log);
  rate_.change(with.rate);
  access_.change(with.access);  // watch() finds other files as it finds changed ones
  const envelope::check_parts parts{
      verify_, names_, time_, chance_, dns_lists_, rate_, [this] { return access_.current(); }};
  checker_.change(checker_options_of(with), envelope::steps_of(check_rules_of(with), parts));
}

awaitable<envelope::judgement> envelope_desk::check(envelope::question asked) {
  envelope::question copy = asked;
  auto judging = checker_.judge(std::move(copy));
  envelope::judgement made = co_await std::move(judging);
  decisions_.write(asked, made, time_.wall_now());
  co_return made;
}

bool checks_envelopes(const settings& with) {
  const bool is_usual = with.checks.on == envelope::check_rules{}.on;
  return !is_usual || with.checker.id_in_text || !with.decision_log.file.empty() ||
         with.verifier.callbacks_in_check;
}

}  // namespace cbv::cbvd
