#include "tools/cbvd/front.hpp"

#include <algorithm>
#include <utility>

#include "api/edge_session.hpp"
#include "api/http_session.hpp"
#include "api/policy_protocol.hpp"
#include "api/socketmap_protocol.hpp"
#include "cbv/async/side_by_side.hpp"
#include "cbv/net/listener.hpp"

namespace cbv::cbvd {
namespace {

api::server_bounds bounds_of(api::server_bounds all, const settings& with) {
  all.drain_timeout = with.server.drain_timeout;
  return all;
}

bool has(const std::vector<role>& sides, role wanted) {
  return std::find(sides.begin(), sides.end(), wanted) != sides.end();
}

}  // namespace

front::front(const settings& with, api::backend& behind, timer& time, const logger& log,
             const asio::any_io_executor& executor)
    : settings_(with),
      behind_(behind),
      time_(time),
      log_(log),
      executor_(executor),
      json_server_(behind, time, with.server, log, executor),
      policy_server_(policy_service(), time, bounds_of(with.policy_service.bounds, with), log,
                     executor),
      map_server_(socketmap(), time, bounds_of(with.socketmap.bounds, with), log, executor),
      http_server_(http(), time, bounds_of(with.http.bounds, with), log, executor) {}

api::service front::policy_service() {
  api::policy_options options;
  options.ask_sender = has(settings_.policy_questions, role::sender);
  options.ask_recipient = has(settings_.policy_questions, role::recipient);
  return edge_service(settings_.policy_service,
                      [options] { return std::make_unique<api::policy_protocol>(options); });
}

api::service front::socketmap() {
  return edge_service(settings_.socketmap, [] {
    return std::make_unique<api::socketmap_protocol>(api::socketmap_options{});
  });
}

api::service front::http() {
  api::http_session_options options = settings_.http.session;
  options.calls = settings_.server.session.limits;
  options.write_timeout = settings_.server.session.write_timeout;
  options.advice = settings_.server.session.advice;
  const auto begin = [this, options](std::unique_ptr<net::stream> client) {
    return std::make_unique<api::http_session>(std::move(client), behind_, time_, options, log_,
                                               executor_);
  };
  return api::service{begin, std::string(api::http_turned_away)};
}

// One client too many is closed without a word: neither protocol has one for it.
api::service front::edge_service(
    const edge_options& with, std::function<std::unique_ptr<api::edge_protocol>()> make_protocol) {
  api::edge_session_options options = with.session;
  options.write_timeout = settings_.server.session.write_timeout;
  options.advice = settings_.server.session.advice;
  const auto begin = [this, options, make_protocol = std::move(make_protocol)](
                         std::unique_ptr<net::stream> client) {
    return std::make_unique<api::edge_session>(std::move(client), make_protocol(), behind_, time_,
                                               options, log_, executor_);
  };
  return api::service{begin, {}};
}

std::vector<std::string> front::open() {
  struct listening {
    std::unique_ptr<net::listener> at;
    api::server& by;
  };
  std::vector<std::string> complaints;
  std::vector<listening> opened;
  const auto keep = [&](result<std::unique_ptr<net::listener>> one, const std::string& where,
                        api::server& by) {
    if (one) {
      opened.push_back(listening{*std::move(one), by});
    } else {
      complaints.push_back("cannot listen on " + where + ": " + one.error().message());
    }
  };
  const auto open_all = [&](const listen_options& on, api::server& by) {
    for (const std::string& path : on.unix_sockets)
      keep(net::listen_local(executor_, path, on.unix_mode), path, by);
    for (const net::endpoint& at : on.tcp) keep(net::listen_tcp(executor_, at), to_string(at), by);
  };
  open_all(settings_.listen, json_server_);
  open_all(settings_.policy_service.listen, policy_server_);
  open_all(settings_.socketmap.listen, map_server_);
  open_all(settings_.http.listen, http_server_);
  if (!complaints.empty()) return complaints;
  for (listening& one : opened) {
    log_.write(severity::notice, "listening", {{"at", one.at->name()}});
    one.by.serve(std::move(one.at));
  }
  return complaints;
}

awaitable<void> front::stop() {
  std::vector<awaitable<void>> servers;
  for (api::server* one : {&json_server_, &policy_server_, &map_server_})
    servers.push_back(one->stop());
  co_await side_by_side(std::move(servers));
  co_await http_server_.stop();
}

}  // namespace cbv::cbvd
