#include "api/page/document.hpp"

#include <openssl/evp.h>

#include <array>
#include <cstddef>

// CBV_PAGE_DOCUMENT is the file's name; page.cmake makes it and says so.
__asm__(
    ".pushsection .rodata\n"
    ".global cbv_page_begin\n"
    ".global cbv_page_end\n"
    "cbv_page_begin:\n"
    ".incbin \"" CBV_PAGE_DOCUMENT
    "\"\n"
    "cbv_page_end:\n"
    ".byte 0\n"
    ".popsection\n");

extern "C" {
extern const char cbv_page_begin[];
extern const char cbv_page_end[];
}

namespace cbv::api {
namespace {

std::string sha256_base64(std::string_view of) {
  std::array<unsigned char, 32> digest{};
  EVP_Digest(of.data(), of.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
  std::array<unsigned char, 45> text{};  // 44 and a zero
  const int count = EVP_EncodeBlock(text.data(), digest.data(), digest.size());
  return {text.begin(), text.begin() + count};
}

// " 'sha256-...'" for each element of this name.
std::string hashes_of(std::string_view document, const std::string& name) {
  const std::string begin = '<' + name;
  const std::string end = "</" + name + '>';
  std::string found;
  for (std::size_t at = document.find(begin); at != document.npos;
       at = document.find(begin, at + 1)) {
    const std::size_t first = document.find('>', at) + 1;
    const std::size_t last = document.find(end, at);
    if (first == 0 || last == document.npos || last < first) break;
    found += " 'sha256-" + sha256_base64(document.substr(first, last - first)) + '\'';
    at = last;
  }
  return found;
}

}  // namespace

std::string_view page_document() {
  return {cbv_page_begin, static_cast<std::size_t>(cbv_page_end - cbv_page_begin)};
}

std::string content_security_policy(std::string_view document) {
  return "default-src 'none'; script-src" + hashes_of(document, "script") + "; style-src" +
         hashes_of(document, "style") +
         "; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; "
         "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
}

}  // namespace cbv::api
