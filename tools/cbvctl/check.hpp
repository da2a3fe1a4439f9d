// cbvctl check: what the daemon would say to an envelope.
#ifndef CBV_TOOLS_CBVCTL_CHECK_HPP
#define CBV_TOOLS_CBVCTL_CHECK_HPP

#include <optional>
#include <string>
#include <string_view>

#include "tools/cbvctl/link.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): not ours
class App;
}

namespace cbv::ctl {

struct check_options {
  bool is_given = false;
  std::string client_ip;
  std::string client_name;
  std::string reverse_client_name;
  std::string helo;
  std::optional<std::string> sender;
  std::optional<std::string> recipient;
  std::string instance;
  bool authenticated = false;
  bool tls = false;
  std::string wait = "5s";
  bool json = false;
};

/// Adds the command; what is given goes into `into`, which outlives the app.
void add_check_command(CLI::App& app, check_options& into);

/// Prints the advice and what it came from. The exit status: 0 if it accepts, or else exit_ill.
int check(const check_options& asked, link& to);

/// The parameters of the method, as JSON.
std::string check_params(const check_options& asked);

/// Its result, for people.
std::string check_text(std::string_view result_json);

}  // namespace cbv::ctl

#endif
