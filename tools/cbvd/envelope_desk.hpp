// Where cbvd judges whole envelopes: the checks, with what they need of their own.
#ifndef CBV_TOOLS_CBVD_ENVELOPE_DESK_HPP
#define CBV_TOOLS_CBVD_ENVELOPE_DESK_HPP

#include <boost/asio/any_io_executor.hpp>
#include <string>
#include <vector>

#include "cbv/async/awaitable.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/log.hpp"
#include "cbv/base/random.hpp"
#include "cbv/checks/dns_list_desk.hpp"
#include "cbv/checks/list_book.hpp"
#include "cbv/checks/rate_control.hpp"
#include "cbv/dns/resolver.hpp"
#include "cbv/envelope/checker.hpp"
#include "cbv/envelope/decision_ids.hpp"
#include "cbv/envelope/judgement.hpp"
#include "cbv/envelope/path_steps.hpp"
#include "tools/cbvd/decision_log.hpp"
#include "tools/cbvd/settings.hpp"

namespace cbv::cbvd {

/// Belongs to one thread. All that it is given by reference outlives it.
class envelope_desk {
 public:
  envelope_desk(const settings& with, timer& time, dns::resolver& names, random_source& chance,
                const logger& log, envelope::verify_function verify,
                const asio::any_io_executor& file_worker);

  /// Reads the access lists, for the start: what is wrong with them, each as a text.
  std::vector<std::string> read_access_lists() { return access_.read(); }

  /// Keeps the access lists as their files are, until it is cancelled.
  awaitable<void> watch() { return access_.watch(); }

  /// As api::backend has it.
  awaitable<envelope::judgement> check(envelope::question asked);

  /// The settings may have changed, and the decision log been moved away.
  void renew(const settings& with);

 private:
  timer& time_;
  dns::resolver& names_;
  random_source& chance_;
  const envelope::verify_function verify_;
  checks::dns_list_desk dns_lists_;
  checks::rate_control rate_;
  checks::list_book<checks::access_list> access_;
  envelope::decision_ids ids_;
  envelope::checker checker_;
  decision_log decisions_;
};

/// Whether MTAs' questions are to be put to the checks. If not, these have nothing to add to what
/// the verifier says of sender and recipient, and those are asked for by themselves.
bool checks_envelopes(const settings& with);

}  // namespace cbv::cbvd

#endif
