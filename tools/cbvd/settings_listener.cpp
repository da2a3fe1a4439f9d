#include "tools/cbvd/settings_listener.hpp"

#include <grp.h>
#include <pwd.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "api/protocol.hpp"
#include "tools/cbvd/text_forms.hpp"
#include "tools/cbvd/token_file.hpp"

namespace cbv::cbvd {
namespace {

using namespace std::chrono_literals;

using times = std::chrono::milliseconds;

constexpr std::size_t listeners_max = 100;

/// A [[listener]] as it is read.
struct listener_draft {
  listener_options one;
  std::string owner;
  std::string group;
};

text_form<std::string> path_or_none() {
  return {[](std::string_view text) -> parsed<std::string> {
            if (text.empty()) return std::string();
            return absolute_path().read(text);
          },
          [](const std::string& text) { return text; }};
}

text_form<std::optional<net::endpoint>> endpoint_or_none() {
  return {[](std::string_view text) -> parsed<std::optional<net::endpoint>> {
            if (text.empty()) return std::optional<net::endpoint>();
            auto read = net::parse_endpoint(text);
            if (!read) return read.error();
            return std::optional(*std::move(read));
          },
          [](const std::optional<net::endpoint>& at) { return at ? to_string(*at) : ""; }};
}

text_form<api::method> method_name() {
  return {[](std::string_view text) -> parsed<api::method> {
            const auto found = api::method_from_name(text);
            if (!found || *found == api::method::authenticate)
              return syntax_error{"it is no method", 1};
            return *found;
          },
          [](const api::method& which) { return std::string(to_string(which)); }};
}

std::vector<setting> settings_of_listener(listener_draft& draft) {
  listener_options& one = draft.one;
  std::vector<setting> all;
  all.push_back(choice_setting<spoken>("protocol", one.protocol,
                                       {{"json", spoken::json},
                                        {"http", spoken::http},
                                        {"policy_service", spoken::policy_service},
                                        {"socketmap", spoken::socketmap}}));
  all.push_back(text_setting("unix", one.unix_socket, "an absolute path", path_or_none()));
  all.push_back(
      text_setting("unix_mode", one.access.mode, "permission bits such as \"0660\"", octal_mode()));
  all.push_back(text_setting("owner", draft.owner, "the name of a user", any_text_or_none()));
  all.push_back(text_setting("group", draft.group, "the name of a group", any_text_or_none()));
  all.push_back(text_setting("tcp", one.tcp,
                             "ADDRESS:PORT, such as \"192.0.2.1:8025\" or \"[::]:8025\"",
                             endpoint_or_none()));
  all.push_back(
      text_setting("certificate", one.tls.certificate, "an absolute path", path_or_none()));
  all.push_back(text_setting("key", one.tls.key, "an absolute path", path_or_none()));
  all.push_back(text_setting("client_ca", one.tls.client_ca, "an absolute path", path_or_none()));
  all.push_back(list_setting("networks", one.networks,
                             "a network such as \"192.0.2.0/24\" or \"2001:db8::/32\"",
                             network_text()));
  all.push_back(list_setting("methods", one.rules.methods, "a method, such as \"verify_recipient\"",
                             method_name()));
  all.push_back(
      text_setting("token_file", draft.one.token_file, "an absolute path", path_or_none()));
  all.push_back(number_setting<std::size_t>("clients_max", one.clients_max, 1, 15'000));
  all.push_back(number_setting<std::size_t>("requests_in_flight_max", one.requests_in_flight_max, 1,
                                            100'000));
  all.push_back(time_setting("idle_timeout", one.idle_timeout, times(0), times(24h * 30)));
  return all;
}

std::optional<unsigned> user_number(const std::string& name) {
  const passwd* const found = ::getpwnam(name.c_str());  // at the start there is one thread
  return found == nullptr ? std::nullopt : std::optional<unsigned>(found->pw_uid);
}

std::optional<unsigned> group_number(const std::string& name) {
  const ::group* const found = ::getgrnam(name.c_str());
  return found == nullptr ? std::nullopt : std::optional<unsigned>(found->gr_gid);
}

std::vector<std::string> wrong_terms(const listener_draft& draft) {
  const listener_options& one = draft.one;
  std::vector<std::string> wrong;
  const auto expect = [&wrong](bool holds, const char* what) {
    if (!holds) wrong.emplace_back(what);
  };
  const bool local = !one.unix_socket.empty();
  expect(local != one.tcp.has_value(), "unix: expected one of unix and tcp, got both or neither");
  const bool is_secure = !one.tls.certificate.empty();
  expect(is_secure || (one.tls.key.empty() && one.tls.client_ca.empty()),
         "certificate: expected one beside key and client_ca, got none");
  expect(!local || !is_secure, "certificate: expected none for a unix socket, got one");
  expect(!local || one.networks.empty(), "networks: expected none for a unix socket, got some");
  expect(local || (draft.owner.empty() && draft.group.empty()),
         "owner: expected none but for a unix socket, got owner or group");
  const bool has_methods = one.protocol == spoken::json || one.protocol == spoken::http;
  expect(has_methods || one.rules.methods.empty(),
         "methods: expected none for this protocol, got some");
  expect(has_methods || draft.one.token_file.empty(),
         "token_file: expected none for this protocol, got one");
  return wrong;
}

std::vector<std::string> keep(const listener_draft& draft, std::vector<listener_options>& into) {
  std::vector<std::string> wrong = wrong_terms(draft);
  listener_options one = draft.one;
  if (!draft.owner.empty()) {
    one.access.owner = user_number(draft.owner);
    if (!one.access.owner)
      wrong.push_back("owner: expected a user of this machine, got " + toml_text(draft.owner));
  }
  if (!draft.group.empty()) {
    one.access.group = group_number(draft.group);
    if (!one.access.group)
      wrong.push_back("group: expected a group of this machine, got " + toml_text(draft.group));
  }
  if (!draft.one.token_file.empty()) {
    token_file secret(draft.one.token_file);
    if (const std::string bad = secret.read(); !bad.empty()) wrong.push_back("token_file: " + bad);
    one.rules.token = secret.token();
  }
  if (wrong.empty()) into.push_back(std::move(one));
  return wrong;
}

}  // namespace

void add_sockets(std::vector<setting>& all, const std::string& table, listen_options& listen) {
  all.push_back(
      list_setting(table + ".unix", listen.unix_sockets, "an absolute path", absolute_path()));
  all.push_back(text_setting(table + ".unix_mode", listen.unix_mode,
                             "permission bits such as \"0660\"", octal_mode()));
  all.push_back(list_setting(table + ".tcp", listen.tcp,
                             "ADDRESS:PORT, such as \"127.0.0.1:8025\" or \"[::1]:8025\"",
                             endpoint_text()));
}

table_list listener_list(std::vector<listener_options>& into) {
  return table_list_setting<listener_draft>(
      "listener", listeners_max, settings_of_listener,
      [&into](const listener_draft& draft) { return keep(draft, into); });
}

void add_http(std::vector<setting>& all, http_options& http) {
  add_sockets(all, "http", http.listen);
  api::http_session_options& session = http.session;
  all.push_back(
      number_setting<std::size_t>("http.clients_max", http.bounds.clients_max, 1, 15'000));
  all.push_back(number_setting<std::size_t>("http.head_octets_max", session.limits.head_octets_max,
                                            1'024, 65'536));
  all.push_back(number_setting<std::size_t>("http.body_octets_max", session.limits.body_octets_max,
                                            1'024, 16'777'216));
  all.push_back(name_list_setting("http.hosts", session.hosts));
  all.push_back(time_setting("http.idle_timeout", session.idle_timeout, 1s, times(24h)));
  all.push_back(time_setting("http.request_timeout", session.request_timeout, 1s, times(10min)));
}

}  // namespace cbv::cbvd
