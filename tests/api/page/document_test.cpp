#include "api/page/document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <regex>
#include <string>

namespace cbv::api {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::size_t count(std::string_view text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != text.npos; at = text.find(part, at + 1)) ++found;
  return found;
}

TEST(PageDocument, IsWhole) {
  const std::string_view document = page_document();
  EXPECT_THAT(document, StartsWith("<!doctype html>"));
  EXPECT_THAT(document, EndsWith("</html>\n"));
  EXPECT_THAT(document, Not(HasSubstr("@page."))) << "a part is not put in";
  EXPECT_THAT(document, Not(HasSubstr("@chart.")));
  EXPECT_THAT(document, Not(HasSubstr("\r"))) << "would be hashed otherwise than sent";
  EXPECT_EQ(count(document, "<script"), 2U);
  EXPECT_EQ(count(document, "<style"), 1U);
}

// Its parts are there to the octet, and so is what their licence wants.
TEST(PageDocument, HasChartJsWithItsLicence) {
  const std::string_view document = page_document();
  EXPECT_THAT(document, HasSubstr("* Chart.js v3."));
  EXPECT_THAT(document, HasSubstr("Permission is hereby granted, free of charge"));
  EXPECT_THAT(document, Not(HasSubstr("sourceMappingURL")));
}

TEST(PageDocument, LoadsNothingAndHasNoCodeOutsideItsScripts) {
  const std::string document(page_document());
  const std::string frame =
      document.substr(0, document.find("<script>")) + document.substr(document.rfind("</script>"));
  EXPECT_FALSE(std::regex_search(frame, std::regex(R"( (src|srcset|action|style|on[a-z]+)=)")));
  EXPECT_FALSE(std::regex_search(frame, std::regex(R"(//(?!www\.w3\.org/2000/svg)[a-z])")))
      << "a foreign address";
}

// The examples of CSP level 3, section 2.3.1, and RFC 4648.
TEST(ContentSecurityPolicy, NamesEachElementByItsHash) {
  const std::string policy = content_security_policy(
      "<style>p{}</style><script type=\"module\">alert('Hello, "
      "world.');</script><script></script>");
  EXPECT_THAT(policy,
              HasSubstr("; script-src 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng=' "
                        "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; style-src "));
  EXPECT_EQ(count(policy, "'sha256-"), 3U);
}

TEST(ContentSecurityPolicy, AllowsNothingElse) {
  const std::string policy = content_security_policy(page_document());
  EXPECT_THAT(policy, StartsWith("default-src 'none'; "));
  EXPECT_EQ(count(policy, "'sha256-"), 3U);
  for (const char* part :
       {"connect-src 'self'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'",
        "require-trusted-types-for 'script'", "trusted-types 'none'"})
    EXPECT_THAT(policy, HasSubstr(part));
  for (const char* part : {"unsafe", "http", "*", "'nonce", "\n"})
    EXPECT_THAT(policy, Not(HasSubstr(part)));
}

}  // namespace
}  // namespace cbv::api
