// The paths of MAIL and RCPT as the simulated host reads them. It has its own small reader, so that
// a slip in cbv/address does not hide itself.
#ifndef CBV_TOOLS_CBV_SIM_SMTP_PATH_HPP
#define CBV_TOOLS_CBV_SIM_SMTP_PATH_HPP

#include <optional>
#include <string>
#include <string_view>

namespace cbv::sim {

/// A path between angle brackets, and what follows it.
struct smtp_path {
  std::string address;     // as it was sent, without a source route; empty for <>
  std::string folded;      // in lower case and without quotes, to be looked up
  std::string domain;      // in lower case; empty for <> and <postmaster>
  std::string parameters;  // behind the path
  bool is_ascii = true;
};

/// Reads "FROM:<path> parameters" or "TO:<path> parameters"; `keyword` has the colon in it. No
/// blank may stand around the colon (RFC 5321 section 3.3). Nothing: bad syntax.
std::optional<smtp_path> read_path(std::string_view argument, std::string_view keyword);

}  // namespace cbv::sim

#endif
