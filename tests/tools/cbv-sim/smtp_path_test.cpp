#include "tools/cbv-sim/smtp_path.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cbv::sim {
namespace {

struct path_case {
  const char* argument;
  const char* address;
  const char* folded;
  const char* parameters;
};

TEST(SmtpPathTest, ReadsPaths) {
  const path_case cases[] = {
      {"TO:<Ann@Example.NET>", "Ann@Example.NET", "ann@example.net", ""},
      {"to:<a@b> SIZE=1 BODY=7BIT", "a@b", "a@b", "SIZE=1 BODY=7BIT"},
      {"TO:<>", "", "", ""},
      {"TO:<> X", "", "", "X"},
      {"TO:<Postmaster>", "Postmaster", "postmaster", ""},
      {"TO:<@r.example,@s.example:a@b>", "a@b", "a@b", ""},
      {"TO:<\"a>b\"@c>", "\"a>b\"@c", "a>b@c", ""},
      {"TO:<\"a\\\"b\"@c>", "\"a\\\"b\"@c", "a\"b@c", ""},
      {"TO:<a@[IPv6:::1]>", "a@[IPv6:::1]", "a@[ipv6:::1]", ""},
  };
  for (const path_case& each : cases) {
    const auto path = read_path(each.argument, "TO:");
    ASSERT_TRUE(path) << each.argument;
    EXPECT_EQ(path->address, each.address);
    EXPECT_EQ(path->folded, each.folded);
    EXPECT_EQ(path->parameters, each.parameters);
  }
}

TEST(SmtpPathTest, RefusesBadSyntax) {
  for (const char* const bad :
       {"", "FROM:<a@b>", "TO: <a@b>", "TO:a@b", "TO:<a@b", "TO:<a@b>x", "TO:<a>", "TO:<@b>",
        "TO:<a@>", "TO:<a b@c>", "TO:<a@b c>", "TO:<a@b@c>", "TO:<\"\"@c>", "TO:<\"a@c>",
        "TO:<@r.example a@b>", "TO:<a\x01@b>"}) {
    EXPECT_FALSE(read_path(bad, "TO:")) << bad;
  }
}

TEST(SmtpPathTest, KnowsWhatIsPastAscii) {
  EXPECT_TRUE(read_path("TO:<a@b>", "TO:")->is_ascii);
  EXPECT_FALSE(read_path("TO:<b\xc3\xb6rn@b>", "TO:")->is_ascii);
}

}  // namespace
}  // namespace cbv::sim
