// cbvctl explain: finds decisions in the decision log again.
#ifndef CBV_TOOLS_CBVCTL_EXPLAIN_HPP
#define CBV_TOOLS_CBVCTL_EXPLAIN_HPP

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "api/decision_record.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): not ours
class App;
}

namespace cbv::ctl {

inline constexpr const char* usual_decision_log = "/var/log/cbv/decisions.log";

struct explain_options {
  std::string what;               // an id or an address; empty: the command was not given
  std::vector<std::string> logs;  // "-" is standard input; none: the usual one
  bool json = false;
};

/// Adds the command; what is given goes into `into`, which outlives the app.
void add_explain_command(CLI::App& app, explain_options& into);

/// Prints every decision with this id, or of this sender or recipient. The exit status: exit_ill if
/// there is none. Throws `stopped` for a file that cannot be read.
int explain(const explain_options& asked);

/// Whether a decision is meant: by its id, or by the sender or recipient in any case of letters, in
/// angle brackets or not.
bool is_meant(const api::decision_record& one, std::string_view what);

/// Prints those of a log that are meant; how many.
std::size_t explain_log(std::istream& log, std::string_view what, bool json, std::ostream& to);

/// A decision for people, some lines.
std::string decision_text(const api::decision_record& one);

}  // namespace cbv::ctl

#endif
