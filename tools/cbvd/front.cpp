#include "tools/cbvd/front.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "api/edge_session.hpp"
#include "api/policy_protocol.hpp"
#include "api/session.hpp"
#include "api/socketmap_protocol.hpp"
#include "api/tls_session.hpp"
#include "cbv/async/side_by_side.hpp"
#include "tools/cbvd/envelope_desk.hpp"

namespace cbv::cbvd {
namespace {

// A certificate is renewed a month before it ends; this only has to be soon for whoever looks.
constexpr std::chrono::seconds look_interval{10};

api::server_bounds bounds_of(api::server_bounds all, const settings& with) {
  all.drain_timeout = with.server.drain_timeout;
  return all;
}

bool has(const std::vector<role>& sides, role wanted) {
  return std::find(sides.begin(), sides.end(), wanted) != sides.end();
}

std::vector<workplace> home_first(workplace home, const std::vector<workplace>& others) {
  std::vector<workplace> all{std::move(home)};
  for (const workplace& each : others) all.push_back(each);
  return all;
}

}  // namespace

front::front(const settings& with, workplace home, const std::vector<workplace>& others,
             timer& time, const logger& log)
    : settings_(with),
      behind_(home.behind),
      time_(time),
      log_(log),
      executor_(home.executor),
      places_(home_first(std::move(home), others)),
      json_server_(json_seats(), time, with.server, log, executor_),
      policy_server_(policy_service(with.policy_service.session), time,
                     cbvd::bounds_of(with.policy_service.bounds, with), log, executor_),
      map_server_(socketmap(with.socketmap.session), time,
                  cbvd::bounds_of(with.socketmap.bounds, with), log, executor_),
      http_server_(http(with.http.session), time, cbvd::bounds_of(with.http.bounds, with), log,
                   executor_),
      watching_(executor_) {
  for (const listener_options& each : with.listeners) extras_.push_back(make_extra(each));
}

api::service front::json(const workplace& at, const api::session_options& options,
                         std::size_t clients_max) {
  const auto begin = [this, &at, options](std::unique_ptr<net::stream> client) {
    return std::make_unique<api::session>(std::move(client), at.behind, time_, options, log_,
                                          at.executor);
  };
  return api::service{begin, api::too_many_clients(clients_max)};
}

std::vector<api::service> front::json_services() {
  const api::server_options& with = settings_.server;
  std::vector<api::service> all;
  for (const workplace& each : places_) all.push_back(json(each, with.session, with.clients_max));
  return all;
}

std::vector<api::seat> front::json_seats() {
  std::vector<api::service> offered = json_services();
  std::vector<api::seat> all;
  for (std::size_t i = 0; i < places_.size(); ++i)
    all.push_back(api::seat{std::move(offered[i]), places_[i].executor});
  return all;
}

api::service front::http(api::http_session_options options) {
  options.calls = settings_.server.session.limits;
  options.write_timeout = settings_.server.session.write_timeout;
  options.advice = settings_.server.session.advice;
  const auto begin = [this, options](std::unique_ptr<net::stream> client) {
    return std::make_unique<api::http_session>(std::move(client), behind_, time_, options, log_,
                                               executor_);
  };
  return api::service{begin, std::string(api::http_turned_away)};
}

api::service front::policy_service(const api::edge_session_options& options) {
  api::policy_options spoken;
  spoken.ask_sender = has(settings_.policy_questions, role::sender);
  spoken.ask_recipient = has(settings_.policy_questions, role::recipient);
  spoken.ask_envelope = checks_envelopes(settings_);
  return edge_service(options, [spoken] { return std::make_unique<api::policy_protocol>(spoken); });
}

api::service front::socketmap(const api::edge_session_options& options) {
  return edge_service(
      options, [] { return std::make_unique<api::socketmap_protocol>(api::socketmap_options{}); });
}

// One client too many is closed without a word: neither protocol has one for it.
api::service front::edge_service(
    api::edge_session_options options,
    std::function<std::unique_ptr<api::edge_protocol>()> make_protocol) {
  options.write_timeout = settings_.server.session.write_timeout;
  options.advice = settings_.server.session.advice;
  const auto begin = [this, options, make_protocol = std::move(make_protocol)](
                         std::unique_ptr<net::stream> client) {
    return std::make_unique<api::edge_session>(std::move(client), make_protocol(), behind_, time_,
                                               options, log_, executor_);
  };
  return api::service{begin, {}};
}

api::service front::service_of(const listener_options& with, const api::access_rules& rules) {
  const bool has_own_idle = with.idle_timeout.count() > 0;
  switch (with.protocol) {
    case spoken::json: {
      api::session_options options = settings_.server.session;
      options.limits.in_flight_max = with.requests_in_flight_max;
      options.rules = rules;
      if (has_own_idle) options.idle_timeout = with.idle_timeout;
      return json(places_.front(), options, with.clients_max);
    }
    case spoken::http: {
      api::http_session_options options = settings_.http.session;
      options.takes_any_host = !with.tls.certificate.empty();
      options.rules = rules;
      if (has_own_idle) options.idle_timeout = with.idle_timeout;
      return http(options);
    }
    case spoken::policy_service:
    case spoken::socketmap:
      break;
  }
  const bool is_policy = with.protocol == spoken::policy_service;
  api::edge_session_options options =
      is_policy ? settings_.policy_service.session : settings_.socketmap.session;
  if (has_own_idle) options.idle_timeout = with.idle_timeout;
  return is_policy ? policy_service(options) : socketmap(options);
}

// One client too many would not read a word in clear.
api::service front::behind_tls(api::service clear, const certificate& keys) {
  const auto begin = [this, &keys,
                      begin_clear = std::move(clear.begin)](std::unique_ptr<net::stream> client) {
    return std::make_unique<api::tls_session>(std::move(client), keys.keys(), begin_clear, time_,
                                              executor_);
  };
  return api::service{begin, {}};
}

api::service front::service_of(const extra& one) {
  api::access_rules rules = one.with.rules;
  if (one.token) rules.token = one.token->token();
  api::service clear = service_of(one.with, rules);
  return one.keys ? behind_tls(std::move(clear), *one.keys) : clear;
}

api::server_bounds front::bounds_of(const listener_options& with) const {
  api::server_bounds bounds;
  bounds.clients_max = with.clients_max;
  return cbvd::bounds_of(bounds, settings_);
}

front::extra front::make_extra(const listener_options& with) {
  extra made{with, nullptr, nullptr, nullptr};
  if (!with.tls.certificate.empty()) made.keys = std::make_unique<certificate>(with.tls);
  if (!with.token_file.empty()) {
    made.token = std::make_unique<token_file>(with.token_file, with.rules.token);
    made.token->read();  // it was good a moment ago, and if it is not now that token stays
  }
  made.by =
      std::make_unique<api::server>(service_of(made), time_, bounds_of(with), log_, executor_);
  return made;
}

void front::renew() {
  const settings& now = settings_;
  json_server_.change(json_services(), now.server);
  policy_server_.change(policy_service(now.policy_service.session),
                        cbvd::bounds_of(now.policy_service.bounds, now));
  map_server_.change(socketmap(now.socketmap.session), cbvd::bounds_of(now.socketmap.bounds, now));
  http_server_.change(http(now.http.session), cbvd::bounds_of(now.http.bounds, now));
  for (extra& each : extras_) each.by->change(service_of(each), bounds_of(each.with));
}

net::admission front::admission_of(const listener_options& with) {
  if (with.networks.empty()) return {};
  return [this, &with](const asio::ip::address& from) {
    const bool taken =
        std::any_of(with.networks.begin(), with.networks.end(),
                    [&from](const net::ip_network& each) { return each.contains(from); });
    if (!taken && refused_line_.passes()) {
      log_.write(severity::warning, "client_refused",
                 {{"on", with.where()}, {"client", from.to_string()}});
    }
    return taken;
  };
}

std::vector<std::string> front::open(net::inherited_sockets inherited) {
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
  const auto local = [&](const std::string& path, const net::file_access& access) {
    const auto ready = inherited.take_local(path);
    return ready ? net::adopt_local(executor_, *ready, path)
                 : net::listen_local(executor_, path, access);
  };
  const auto tcp = [&](const net::endpoint& at, net::admission admits) {
    const auto ready = inherited.take_tcp(at);
    return ready ? net::adopt_tcp(executor_, *ready, at, std::move(admits))
                 : net::listen_tcp(executor_, at, std::move(admits));
  };
  const auto open_all = [&](const listen_options& on, api::server& by) {
    for (const std::string& path : on.unix_sockets)
      keep(local(path, {.mode = on.unix_mode, .owner = {}, .group = {}}), path, by);
    for (const net::endpoint& at : on.tcp) keep(tcp(at, {}), to_string(at), by);
  };
  open_all(settings_.policy_service.listen, policy_server_);
  open_all(settings_.socketmap.listen, map_server_);
  open_all(settings_.http.listen, http_server_);
  for (extra& each : extras_) {
    const listener_options& with = each.with;
    const std::string where = with.where();
    const std::string wrong = each.keys ? each.keys->read() : "";
    if (!wrong.empty())
      complaints.push_back(
          std::string("cannot use the certificate of ").append(where).append(": ").append(wrong));
    keep(with.tcp ? tcp(*with.tcp, admission_of(with)) : local(with.unix_socket, with.access),
         where, *each.by);
  }
  // The last one: where this can be reached, everything can.
  open_all(settings_.listen, json_server_);
  for (const std::string& where : inherited.left())
    complaints.push_back("a socket was handed over that no setting listens on: " + where);
  if (!complaints.empty()) return complaints;
  for (listening& one : opened) {
    log_.write(severity::notice, "listening", {{"at", one.at->name()}});
    one.by.serve(std::move(one.at));
  }
  watching_.spawn(watch_files());
  return complaints;
}

void front::read_files() {
  for (extra& each : extras_) {
    if (each.keys) read(*each.keys);
    if (each.token) read_token(each);
  }
}

void front::read(certificate& keys) {
  const std::string wrong = keys.read();
  if (wrong.empty()) {
    log_.write(severity::notice, "certificate_read", {{"file", keys.files().certificate}});
  } else {
    log_.write(severity::warning, "certificate_not_read", {{"error", wrong}});
  }
}

// For new clients; those that have shown the old one stay.
void front::read_token(extra& of) {
  const std::string wrong = of.token->read();
  if (!wrong.empty()) {
    log_.write(severity::warning, "token_not_read", {{"on", of.with.where()}, {"error", wrong}});
    return;
  }
  of.by->change(service_of(of), bounds_of(of.with));
  log_.write(severity::notice, "token_read", {{"file", of.token->path()}});
}

awaitable<void> front::watch_files() {
  const auto has_files = [](const extra& each) { return each.keys || each.token; };
  if (std::none_of(extras_.begin(), extras_.end(), has_files)) co_return;
  while (true) {
    co_await time_.sleep_until(time_.now() + look_interval);
    for (extra& each : extras_) {
      if (each.keys && each.keys->has_changed()) read(*each.keys);
      if (each.token && each.token->has_changed()) read_token(each);
    }
  }
}

std::vector<api::named_count> front::clients() const {
  const auto of = [this](spoken protocol, const api::server& plain) {
    std::uint64_t count = plain.clients();
    for (const extra& each : extras_) {
      if (each.with.protocol == protocol) count += each.by->clients();
    }
    return count;
  };
  return {{"json", of(spoken::json, json_server_)},
          {"http", of(spoken::http, http_server_)},
          {"policy_service", of(spoken::policy_service, policy_server_)},
          {"socketmap", of(spoken::socketmap, map_server_)}};
}

awaitable<void> front::stop() {
  watching_.cancel();
  co_await watching_.wait_until_empty();
  std::vector<awaitable<void>> servers;
  std::vector<awaitable<void>> last;
  for (api::server* one : {&json_server_, &policy_server_, &map_server_})
    servers.push_back(one->stop());
  last.push_back(http_server_.stop());
  for (const extra& each : extras_)
    (each.with.protocol == spoken::http ? last : servers).push_back(each.by->stop());
  co_await side_by_side(std::move(servers));
  co_await side_by_side(std::move(last));
}

}  // namespace cbv::cbvd
