// The rules by which --classify reads replies.
#ifndef CBV_TOOLS_CBV_PROBE_RULES_HPP
#define CBV_TOOLS_CBV_PROBE_RULES_HPP

#include <boost/system/result.hpp>
#include <memory>
#include <string>

#include "cbv/smtp/reply_rulebook.hpp"
#include "tools/cbv-probe/input.hpp"

namespace cbv::probe {

using rulebook_result =
    boost::system::result<std::shared_ptr<const smtp::reply_rulebook>, input_error>;

/// The table, and the [[reply_rule]] tables of a settings file of cbvd; an empty name is no file.
/// What else the file has is passed over. Blocks.
rulebook_result load_rulebook(const std::string& settings_file);

}  // namespace cbv::probe

#endif
