// Asking about a list of addresses, several at once.
#ifndef CBV_TOOLS_CBV_PROBE_SURVEY_HPP
#define CBV_TOOLS_CBV_PROBE_SURVEY_HPP

#include <cstddef>
#include <functional>
#include <vector>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/result.hpp"
#include "tools/cbv-probe/asker.hpp"
#include "tools/cbv-probe/finding.hpp"

namespace cbv::probe {

/// Asks about `requests` in their order, `jobs` at a time, and hands on every finding as it
/// finishes. The first error ends it: no further question is begun, and the error is returned when
/// those under way have ended.
awaitable<result<void>> survey(asker& from, std::vector<request> requests, std::size_t jobs,
                               std::function<void(const finding&)> on_finding);

/// The exit status that sums up all findings of a survey.
class summary {
 public:
  void add(const finding& found);

  /// 0 all deliverable, 1 any undeliverable, 2 any unknown and none undeliverable.
  int exit_status() const;

 private:
  bool undeliverable_ = false;
  bool unknown_ = false;
};

}  // namespace cbv::probe

#endif
