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

std::string replaced(std::string text, const std::string& that, const std::string& with) {
  std::size_t at = text.find(that);
  if (at == std::string::npos) throw std::runtime_error("nowhere in the text: " + that);
  for (; at != std::string::npos; at = text.find(that, at + with.size())) {
    text.replace(at, that.size(), with);
  }
  return text;
}

}  // namespace cbv::e2e
