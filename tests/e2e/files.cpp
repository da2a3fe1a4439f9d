#include "tests/e2e/files.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace cbv::e2e {

temporary_directory::temporary_directory() {
  using std::filesystem::perms;
  std::filesystem::permissions(path(), perms::owner_all | perms::group_read | perms::group_exec |
                                           perms::others_read | perms::others_exec);
}

std::string filled_in(std::string_view text, const std::map<std::string, std::string>& values) {
  std::string result(text);
  for (const auto& [name, value] : values) {
    const auto hole = "{" + name + "}";
    for (auto at = result.find(hole); at != std::string::npos;
         at = result.find(hole, at + value.size())) {
      result.replace(at, hole.size(), value);
    }
  }
  return result;
}

std::string replaced(std::string text, const std::string& that, const std::string& with) {
  std::size_t at = text.find(that);
  if (at == std::string::npos) throw std::runtime_error("nowhere in the text: " + that);
  for (; at != std::string::npos; at = text.find(that, at + with.size())) {
    text.replace(at, that.size(), with);
  }
  return text;
}

void write_file(const std::filesystem::path& path, std::string_view text) {
  std::ofstream file(path);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

std::string read_file(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

std::size_t lines_with(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    if (line.find(part) != std::string::npos) ++count;
  }
  return count;
}

}  // namespace cbv::e2e
