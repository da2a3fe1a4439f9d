#include "tests/e2e/edge.hpp"

#include <sstream>
#include <stdexcept>

#include "tests/e2e/files.hpp"

namespace cbv::e2e {

std::string example(const std::filesystem::path& name) {
  auto text = read_file(std::filesystem::path(CBV_E2E_EXAMPLES) / name);
  if (text.empty()) throw std::runtime_error("there is no example " + name.string());
  return text;
}

std::string readme_block(const std::string& first_line) {
  const std::string indent = "    ";
  std::istringstream lines(read_file(std::filesystem::path(CBV_E2E_EXAMPLES) / "../../README.md"));
  std::string block;
  for (std::string line; std::getline(lines, line);) {
    const bool is_inside = !block.empty();
    if (line.empty() && is_inside) {
      block += '\n';
    } else if (line.starts_with(indent) && (is_inside || line == indent + first_line)) {
      block += line.substr(indent.size()) + '\n';
    } else if (is_inside) {
      break;
    }
  }
  if (block.empty()) throw std::runtime_error("README.md has no block that begins " + first_line);
  return block;
}

}  // namespace cbv::e2e
