// All that cbvd listens on, and who is served there.
#ifndef CBV_TOOLS_CBVD_FRONT_HPP
#define CBV_TOOLS_CBVD_FRONT_HPP

#include <boost/asio/any_io_executor.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "api/backend.hpp"
#include "api/edge_protocol.hpp"
#include "api/server.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/log.hpp"
#include "tools/cbvd/settings.hpp"

namespace cbv::cbvd {

/// The servers of all protocols. Belongs to one thread. Destroyed after stop() has returned, or
/// when its executor will run nothing more. All that it is given by reference outlives it.
class front {
 public:
  front(const settings& with, api::backend& behind, timer& time, const logger& log,
        const asio::any_io_executor& executor);

  /// Opens the sockets of the settings. What cannot be opened is said, one text each; nothing is
  /// served then.
  std::vector<std::string> open();

  /// Once. Listeners close, questions in flight are answered, for at most
  /// settings.server.drain_timeout. HTTP goes last, so that who looks at /readyz sees that we go.
  awaitable<void> stop();

 private:
  api::service policy_service();
  api::service socketmap();
  api::service http();
  api::service edge_service(const edge_options& with,
                            std::function<std::unique_ptr<api::edge_protocol>()> make_protocol);

  const settings& settings_;
  api::backend& behind_;
  timer& time_;
  const logger& log_;
  asio::any_io_executor executor_;
  api::server json_server_;
  api::server policy_server_;
  api::server map_server_;
  api::server http_server_;
};

}  // namespace cbv::cbvd

#endif
