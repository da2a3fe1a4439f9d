// The settings of sockets that are listened on, and of [http].
#ifndef CBV_TOOLS_CBVD_SETTINGS_LISTENER_HPP
#define CBV_TOOLS_CBVD_SETTINGS_LISTENER_HPP

#include <string>
#include <vector>

#include "tools/cbvd/setting.hpp"
#include "tools/cbvd/settings.hpp"

namespace cbv::cbvd {

/// TABLE.unix, TABLE.unix_mode and TABLE.tcp.
void add_sockets(std::vector<setting>& all, const std::string& table, listen_options& listen);

/// A listener for each [[listener]].
table_list listener_list(std::vector<listener_options>& into);

void add_http(std::vector<setting>& all, http_options& http);

}  // namespace cbv::cbvd

#endif
