#include "tools/cbvd/settings_listener.hpp"

#include <cstddef>

#include "tools/cbvd/text_forms.hpp"

namespace cbv::cbvd {
namespace {

using namespace std::chrono_literals;

using times = std::chrono::milliseconds;

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

void add_http(std::vector<setting>& all, http_options& http) {
  add_sockets(all, "http", http.listen);
  api::http_session_options& session = http.session;
  all.push_back(
      number_setting<std::size_t>("http.clients_max", http.bounds.clients_max, 1, 15'000));
  all.push_back(number_setting<std::size_t>("http.head_octets_max", session.limits.head_octets_max,
                                            1'024, 65'536));
  all.push_back(number_setting<std::size_t>("http.body_octets_max", session.limits.body_octets_max,
                                            1'024, 16'777'216));
  all.push_back(time_setting("http.idle_timeout", session.idle_timeout, 1s, times(24h)));
  all.push_back(time_setting("http.request_timeout", session.request_timeout, 1s, times(10min)));
}

}  // namespace cbv::cbvd
