#include "cbv/checks/access_files.hpp"

#include <new>
#include <utility>

#include "cbv/base/ascii.hpp"
#include "cbv/base/file.hpp"

namespace cbv::checks {

std::string to_string(const access_fault& wrong) {
  std::string text = ascii::printable(wrong.file);
  if (wrong.line != 0)
    text += ':' + std::to_string(wrong.line) + ':' + std::to_string(wrong.column);
  return text + ": " + wrong.what;
}

void read_access_text(const std::string& file, std::string_view text, access_list& into,
                      std::vector<access_fault>& wrong) {
  into.begin_file(file);
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = text.find('\n');
    auto read = parse_access_rule(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!read) {
      wrong.push_back(access_fault{file, line, read.error().octet, std::move(read.error().what)});
    } else if (*read) {
      if (auto fault = into.add(**read, line))
        wrong.push_back(access_fault{file, line, 1, *std::move(fault)});
    }
    if (wrong.size() >= access_faults_max) return;
  }
}

loaded_access load_access(const std::vector<std::string>& files) {
  loaded_access made;
  // Not a nothrow new somewhere: the lists are the one thing that is as large as a file says.
  try {
    auto list = std::make_shared<access_list>();
    for (const std::string& file : files) {
      const auto text = read_file(file);
      if (!text) {
        made.wrong.push_back(access_fault{file, 0, 0, text.error().message()});
      } else {
        read_access_text(file, *text, *list, made.wrong);
      }
      if (made.wrong.size() >= access_faults_max) return made;
    }
    if (!made.wrong.empty()) return made;
    list->finish();
    made.list = std::move(list);
  } catch (const std::bad_alloc&) {
    made.wrong.push_back(
        access_fault{files.empty() ? "" : files.front(), 0, 0, "not enough memory for the rules"});
  }
  return made;
}

}  // namespace cbv::checks
