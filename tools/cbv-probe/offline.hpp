// What cbv-probe can say without asking anyone.
#ifndef CBV_TOOLS_CBV_PROBE_OFFLINE_HPP
#define CBV_TOOLS_CBV_PROBE_OFFLINE_HPP

#include <string>
#include <string_view>

#include "cbv/smtp/reply_rulebook.hpp"
#include "tools/cbv-probe/options.hpp"

namespace cbv::probe {

/// Text for standard output, complaints for standard error, and the exit status.
struct offline_answer {
  std::string text;
  std::string complaints;  // lines
  int exit_status = 0;
};

/// --parse: the parts and normal form of an address, or why and at which octet it is refused.
offline_answer show_parsed(const std::string& address, role side, bool json);

/// --classify: what is made of a reply given at a stage, or of the replies in asked.from, and the
/// rule that says so. An unknown stage or a text that is no reply is a complaint and exit_usage; a
/// file that cannot be read exit_no_input. For a program without other work: it blocks.
offline_answer show_classified(const options& asked);

/// The same for the text of a file: a reply a line, "STAGE<TAB>REPLY" or a reply given to RCPT;
/// "\\n" parts its lines. Blank lines and lines that begin with # are skipped. `file_name` is for
/// complaints.
offline_answer classify_lines(std::string_view text, const std::string& file_name,
                              const options& asked, const smtp::reply_rulebook& by);

}  // namespace cbv::probe

#endif
