// All settings of cbvd: the options of its parts, and the keys under which the file has them.
#ifndef CBV_TOOLS_CBVD_SETTINGS_HPP
#define CBV_TOOLS_CBVD_SETTINGS_HPP

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "api/access_rules.hpp"
#include "api/edge_session.hpp"
#include "api/http_session.hpp"
#include "api/server.hpp"
#include "cache/lmdb_store.hpp"
#include "cbv/callout/callout.hpp"
#include "cbv/checks/list_book.hpp"
#include "cbv/checks/rate_control.hpp"
#include "cbv/checks/recipient_table.hpp"
#include "cbv/dns/caching_resolver.hpp"
#include "cbv/dns/cares_resolver.hpp"
#include "cbv/envelope/checker.hpp"
#include "cbv/envelope/steps.hpp"
#include "cbv/net/endpoint.hpp"
#include "cbv/net/ip_network.hpp"
#include "cbv/net/listener.hpp"
#include "cbv/net/tcp_dialer.hpp"
#include "cbv/net/tls_client.hpp"
#include "cbv/smtp/reply_rulebook.hpp"
#include "cbv/verdict/words.hpp"
#include "cbv/verifier/verifier.hpp"
#include "tools/cbvd/certificate.hpp"
#include "tools/cbvd/decision_log.hpp"
#include "tools/cbvd/log_sink.hpp"
#include "tools/cbvd/setting.hpp"

namespace cbv::cbvd {

struct listen_options {
  std::vector<std::string> unix_sockets{"/run/cbv/cbvd.sock"};
  unsigned unix_mode = 0660;
  std::vector<net::endpoint> tcp;
};

/// A protocol of the MTAs, and where it is spoken. What is not here is as for JSON-RPC.
struct edge_options {
  listen_options listen{{}, 0660, {}};
  api::server_bounds bounds;
  api::edge_session_options session;
};

/// HTTP, and where it is spoken; nowhere by default. What is not here is as for JSON-RPC.
struct http_options {
  listen_options listen{{}, 0660, {}};
  api::server_bounds bounds{.clients_max = 100};
  api::http_session_options session;
};

enum class spoken { json, http, policy_service, socketmap };

/// A [[listener]]: one socket with terms of its own. What is not here is as for its protocol.
struct listener_options {
  spoken protocol = spoken::json;
  std::string unix_socket;  // this or tcp
  net::file_access access{.mode = 0660, .owner = {}, .group = {}};
  std::optional<net::endpoint> tcp;
  certificate_files tls;                  // no certificate: in clear
  std::vector<net::ip_network> networks;  // of clients over TCP; none: any
  api::access_rules rules;
  std::string token_file;  // of the token in `rules`
  std::size_t clients_max = 1'000;
  std::size_t requests_in_flight_max = 1'000;  // of one client
  std::chrono::milliseconds idle_timeout{};    // 0: as for the protocol

  /// "/run/cbv/x", "127.0.0.1:8025".
  std::string where() const { return tcp ? to_string(*tcp) : unix_socket; }
};

/// What cbvd looks at in itself (cbv/self_test).
struct self_test_options {
  bool at_start = true;  // in the background; findings go to the log
  // Block lists (RFC 5782). None by default: each has terms of use that its user must agree to, and
  // asking tells a list which addresses are callouts made from, which some of them list.
  std::vector<std::string> dnsbl;
  std::chrono::milliseconds time_limit{30'000};  // for all look-ups together
};

/// Tables of one's own recipients.
struct recipient_options {
  checks::list_options lists;
  checks::recipient_terms terms;
};

/// A default is a promise: cbvd.toml(5) has every one of them.
struct settings {
  log_options log;
  listen_options listen;
  api::server_options server;
  std::size_t threads = 0;  // for clients of `listen`; 0: half as many as there are processors
  edge_options policy_service;
  std::vector<role> policy_questions{role::sender, role::recipient};
  edge_options socketmap;
  http_options http;
  std::vector<listener_options> listeners;
  dns::cares_options dns;
  dns::caching_options dns_cache;
  net::tcp_dialer_options dialer;
  std::string own_ip;  // that far hosts see; empty: the one that calls leave from
  callout::callout_options callout;
  net::tls_client_options tls;
  verifier_options verifier;
  envelope::checker_options checker;  // its `observe` is that of the advice
  envelope::check_rules checks;
  std::vector<name_pattern> helo_own_names;      // into checks.helo, besides callout.helo_name
  std::vector<name_pattern> sender_own_domains;  // into checks.sender_domain
  decision_log_options decision_log;
  checks::list_options access;
  recipient_options recipients;
  checks::rate_options rate;
  cache::lmdb_store_options cache;
  self_test_options self_test;
  std::vector<smtp::added_rule> reply_rules;  // compiled into callout.rules by compile_rules()
};

/// Makes callout.rules of reply_rules.
void compile_rules(settings& with);

/// The defaults, with the name of this machine in EHLO.
settings default_settings();

/// Every key, in the order of the manual; each refers into `into`.
std::vector<setting> settings_of(settings& into);

/// Every list of tables, likewise.
std::vector<table_list> table_lists_of(settings& into);

/// What is wrong between settings that are good by themselves; empty if nothing is.
std::vector<std::string> contradictions(const settings& read);

/// All settings with their present values, as a TOML file would hold them: "callout.port = 25" a
/// line. Of each list of tables there is one as it begins, in comments.
std::string list_settings(settings shown);

}  // namespace cbv::cbvd

#endif
