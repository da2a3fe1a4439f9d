#include "tools/cbvd/token_file.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "cbv/base/ascii.hpp"
#include "cbv/base/file.hpp"

namespace cbv::cbvd {
namespace {

constexpr std::size_t token_octets_least = 16;

std::string first_line(std::string_view text) {
  std::string_view line = text.substr(0, text.find('\n'));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return std::string(line);
}

/// What can stand in a header of HTTP, and is not guessed.
bool is_token(std::string_view text) {
  return text.size() >= token_octets_least &&
         std::all_of(text.begin(), text.end(), [](char each) { return each > ' ' && each < 127; });
}

}  // namespace

std::string token_file::read() {
  watched_.mark();
  const auto text = read_file(path_);
  if (!text) {
    return "expected a file that can be read, got " + ascii::printable(path_) + ": " +
           text.error().message();
  }
  std::string line = first_line(*text);
  if (!is_token(line)) {
    return "expected a first line of at least " + std::to_string(token_octets_least) +
           " characters of ASCII without spaces, got another";
  }
  token_ = std::move(line);
  return {};
}

}  // namespace cbv::cbvd
