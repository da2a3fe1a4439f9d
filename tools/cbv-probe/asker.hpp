// Whoever answers cbv-probe: the daemon, or this process itself.
#ifndef CBV_TOOLS_CBV_PROBE_ASKER_HPP
#define CBV_TOOLS_CBV_PROBE_ASKER_HPP

#include <string>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/result.hpp"
#include "tools/cbv-probe/input.hpp"

namespace cbv::probe {

/// Answers questions, several at once. Belongs to one thread.
class asker {
 public:
  asker() = default;
  asker(const asker&) = delete;
  asker& operator=(const asker&) = delete;
  virtual ~asker() = default;

  /// The verdict as the JSON object of api/PROTOCOL.md. Throws only when cancelled. An error means
  /// that no answer is to be had any more: the daemon is gone, or does not take the question.
  virtual awaitable<result<std::string>> ask(request one) = 0;
};

}  // namespace cbv::probe

#endif
