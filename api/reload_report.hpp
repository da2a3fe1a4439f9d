// What came of reading the settings again: the result of `reload`.
#ifndef CBV_API_RELOAD_REPORT_HPP
#define CBV_API_RELOAD_REPORT_HPP

#include <string>
#include <vector>

namespace cbv::api {

struct reload_report {
  std::vector<std::string> wrong;  // each with file, line and column; with any nothing has changed
  std::vector<std::string> needs_a_restart;  // settings that differ, and stay as they were
};

}  // namespace cbv::api

#endif
