#include "tools/cbv-sim/sasl_plain.hpp"

#include <openssl/evp.h>

#include <algorithm>

namespace cbv::sim {
namespace {

constexpr std::size_t octets_max = 2048;

std::optional<std::string> decode(std::string_view base64) {
  if (base64.empty() || base64.size() % 4 != 0 || base64.size() > octets_max) return std::nullopt;
  std::string text(base64.size() / 4 * 3, '\0');
  const int length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                     reinterpret_cast<const unsigned char*>(base64.data()),
                                     static_cast<int>(base64.size()));
  if (length < 0) return std::nullopt;
  // It counts the octets that the padding stands for.
  const auto padding = static_cast<std::size_t>(std::count(base64.end() - 2, base64.end(), '='));
  text.resize(static_cast<std::size_t>(length) - padding);
  return text;
}

}  // namespace

std::optional<login> read_plain(std::string_view base64) {
  const auto text = decode(base64);
  if (!text) return std::nullopt;
  const std::size_t first = text->find('\0');
  if (first == std::string::npos) return std::nullopt;
  const std::size_t second = text->find('\0', first + 1);
  if (second == std::string::npos) return std::nullopt;
  login read{text->substr(first + 1, second - first - 1), text->substr(second + 1)};
  const std::string_view act_as = std::string_view(*text).substr(0, first);
  const bool is_own = act_as.empty() || act_as == read.user;
  if (!is_own || read.user.empty() || read.password.find('\0') != std::string::npos) {
    return std::nullopt;
  }
  return read;
}

}  // namespace cbv::sim
