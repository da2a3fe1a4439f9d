#include "cbv/checks/access_files.hpp"

#include <utility>

namespace cbv::checks {

void read_access_text(const std::string& file, std::string_view text, access_list& into,
                      std::vector<list_fault>& wrong) {
  into.begin_file(file);
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    auto read = parse_access_rule(line);
    if (!read) {
      wrong.push_back(list_fault{file, number, read.error().octet, std::move(read.error().what)});
    } else if (*read) {
      if (auto fault = into.add(**read, number))
        wrong.push_back(list_fault{file, number, 1, *std::move(fault)});
    }
    return wrong.size() < list_faults_max;
  });
}

loaded_list<access_list> load_access(const std::vector<std::string>& files) {
  return load_files<access_list>(files, read_access_text);
}

}  // namespace cbv::checks
