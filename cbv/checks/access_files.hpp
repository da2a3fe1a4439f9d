// Access lists as files.
#ifndef CBV_CHECKS_ACCESS_FILES_HPP
#define CBV_CHECKS_ACCESS_FILES_HPP

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/checks/access_list.hpp"

namespace cbv::checks {

/// One thing wrong with an access list.
struct access_fault {
  std::string file;
  std::size_t line = 0;    // from 1; 0: the file as a whole
  std::size_t column = 0;  // in octets, from 1; likewise
  std::string what;        // "expected ..., got ..."

  friend bool operator==(const access_fault&, const access_fault&) = default;
};

/// "FILE:LINE:COLUMN: WHAT", without what is not there.
std::string to_string(const access_fault& wrong);

inline constexpr std::size_t access_faults_max = 20;  // no more are looked for

/// Adds the rules of one file, whose text is `text`, to `into`; what is wrong goes to `wrong`.
void read_access_text(const std::string& file, std::string_view text, access_list& into,
                      std::vector<access_fault>& wrong);

/// A list that was read and finished; shared by those who still use it when the next one is there.
struct loaded_access {
  std::shared_ptr<const access_list> list;  // null: see `wrong`
  std::vector<access_fault> wrong;          // access_faults_max at most
};

/// Reads all files, in this order. Blocks, for seconds with millions of rules.
loaded_access load_access(const std::vector<std::string>& files);

}  // namespace cbv::checks

#endif
