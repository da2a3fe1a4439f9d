// An administrator's lists as files: one entry a line.
#ifndef CBV_CHECKS_LIST_FILES_HPP
#define CBV_CHECKS_LIST_FILES_HPP

#include <cstddef>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cbv/base/file.hpp"

namespace cbv::checks {

/// One thing wrong with a list.
struct list_fault {
  std::string file;
  std::size_t line = 0;    // from 1; 0: the file as a whole
  std::size_t column = 0;  // in octets, from 1; likewise
  std::string what;        // "expected ..., got ..."

  friend bool operator==(const list_fault&, const list_fault&) = default;
};

/// "FILE:LINE:COLUMN: WHAT", without what is not there.
std::string to_string(const list_fault& wrong);

inline constexpr std::size_t list_faults_max = 20;  // no more are looked for

/// A list that was read and finished; shared by those who still use it when the next one is there.
template <class List>
struct loaded_list {
  std::shared_ptr<const List> list;  // null: see `wrong`
  std::vector<list_fault> wrong;     // list_faults_max at most
};

/// Reads all files, in this order, into one list: `read(file, text, into, wrong)` adds what one of
/// them says. Blocks, for seconds with millions of lines.
template <class List, class Read>
loaded_list<List> load_files(const std::vector<std::string>& files, const Read& read) {
  loaded_list<List> made;
  // Not a nothrow new somewhere: the lists are the one thing that is as large as a file says.
  try {
    auto list = std::make_shared<List>();
    for (const std::string& file : files) {
      const auto text = read_file(file);
      if (!text) {
        made.wrong.push_back(list_fault{file, 0, 0, text.error().message()});
      } else {
        read(file, std::string_view(*text), *list, made.wrong);
      }
      if (made.wrong.size() >= list_faults_max) return made;
    }
    if (!made.wrong.empty()) return made;
    list->finish();
    made.list = std::move(list);
  } catch (const std::bad_alloc&) {
    made.wrong.push_back(
        list_fault{files.empty() ? "" : files.front(), 0, 0, "not enough memory for the list"});
  }
  return made;
}

/// Calls `take(line, number)` for each line of a text, without its end, numbered from 1, until it
/// says no.
template <class Take>
void for_each_line(std::string_view text, const Take& take) {
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!take(line, number)) return;
  }
}

}  // namespace cbv::checks

#endif
