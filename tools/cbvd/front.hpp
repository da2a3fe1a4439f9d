// All that cbvd listens on, and who is served there.
#ifndef CBV_TOOLS_CBVD_FRONT_HPP
#define CBV_TOOLS_CBVD_FRONT_HPP

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "api/backend.hpp"
#include "api/edge_protocol.hpp"
#include "api/health_facts.hpp"
#include "api/http_session.hpp"
#include "api/server.hpp"
#include "cache/shelf/keeper.hpp"
#include "cbv/async/task_group.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/base/log.hpp"
#include "cbv/net/inherited_sockets.hpp"
#include "cbv/net/listener.hpp"
#include "tools/cbvd/certificate.hpp"
#include "tools/cbvd/settings.hpp"
#include "tools/cbvd/token_file.hpp"

namespace cbv::cbvd {

/// A thread that serves clients, and who answers them there.
struct workplace {
  asio::any_io_executor executor;
  api::backend& behind;
};

/// The servers of all protocols. Belongs to one thread. Destroyed after stop() has returned, or
/// when its executor will run nothing more. All that it is given by reference outlives it.
class front {
 public:
  /// All runs on `home`, but that clients of `listen` are spread over it and `others`.
  front(const settings& with, workplace home, const std::vector<workplace>& others, timer& time,
        const logger& log);

  /// Opens the sockets of the settings, or takes those that are `inherited` and bound to the same
  /// place, and reads their certificates. What cannot be opened or read, or was inherited for
  /// nothing, is said, one text each; nothing is served then.
  std::vector<std::string> open(net::inherited_sockets inherited);

  /// The settings have changed, those of listeners not: new clients are served as they are now.
  void renew();

  /// Reads all certificates and tokens anew; those that are no good are logged, and the old ones
  /// stay. Changed files are read without being asked, within some seconds.
  void read_files();

  /// How many clients there are, by protocol.
  std::vector<api::named_count> clients() const;

  /// Once. Listeners close, questions in flight are answered, for at most
  /// settings.server.drain_timeout. HTTP goes last, so that who looks at /readyz sees that we go.
  awaitable<void> stop();

 private:
  /// A [[listener]], with a server of its own.
  struct extra {
    const listener_options& with;
    std::unique_ptr<certificate> keys;  // null: in clear
    std::unique_ptr<token_file> token;  // null: none is wanted
    std::unique_ptr<api::server> by;
  };

  api::service json(const workplace& at, const api::session_options& options,
                    std::size_t clients_max);
  std::vector<api::service> json_services();
  std::vector<api::seat> json_seats();
  api::service http(api::http_session_options options);
  api::service policy_service(const api::edge_session_options& options);
  api::service socketmap(const api::edge_session_options& options);
  api::service edge_service(api::edge_session_options options,
                            std::function<std::unique_ptr<api::edge_protocol>()> make_protocol);
  api::service service_of(const listener_options& with, const api::access_rules& rules);
  api::service behind_tls(api::service clear, const certificate& keys);
  api::service service_of(const extra& one);
  api::server_bounds bounds_of(const listener_options& with) const;
  extra make_extra(const listener_options& with);
  net::admission admission_of(const listener_options& with);
  void read(certificate& keys);
  void read_token(extra& of);
  awaitable<void> watch_files();

  const settings& settings_;
  api::backend& behind_;
  timer& time_;
  const logger& log_;
  const asio::any_io_executor executor_;
  const std::vector<workplace> places_;  // home first
  api::server json_server_;
  api::server policy_server_;
  api::server map_server_;
  api::server http_server_;
  std::list<extra> extras_;
  task_group watching_;
  cache::once_a_minute refused_line_;
};

}  // namespace cbv::cbvd

#endif
