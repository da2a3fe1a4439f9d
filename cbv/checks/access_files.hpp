// Access lists as files.
#ifndef CBV_CHECKS_ACCESS_FILES_HPP
#define CBV_CHECKS_ACCESS_FILES_HPP

#include <string>
#include <string_view>
#include <vector>

#include "cbv/checks/access_list.hpp"
#include "cbv/checks/list_files.hpp"

namespace cbv::checks {

/// Adds the rules of one file, whose text is `text`, to `into`; what is wrong goes to `wrong`.
void read_access_text(const std::string& file, std::string_view text, access_list& into,
                      std::vector<list_fault>& wrong);

/// As load_files(), with rules.
loaded_list<access_list> load_access(const std::vector<std::string>& files);

}  // namespace cbv::checks

#endif
