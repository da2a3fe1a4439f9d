#include "api/edge_address.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "cbv/address/mailbox.hpp"

namespace cbv::api {
namespace {

struct row {
  std::string_view given;
  std::string_view asked;  // empty: nothing is
};

class EdgeAddressTableTest : public testing::TestWithParam<row> {};

TEST_P(EdgeAddressTableTest, IsQuotedAgainOrLeftAlone) {
  const auto asked = address_to_ask(GetParam().given, spelling::unquoted);
  EXPECT_EQ(asked.value_or(""), GetParam().asked);
  if (!asked) return;
  EXPECT_TRUE(parse_mailbox(*asked)) << *asked;
}

INSTANTIATE_TEST_SUITE_P(Table, EdgeAddressTableTest,
                         testing::Values(row{"bob@example.org", "bob@example.org"},
                                         row{"Bob.B+x%y!z@Example.ORG", "Bob.B+x%y!z@Example.ORG"},
                                         row{"a b@example.org", R"("a b"@example.org)"},
                                         row{"a..b@example.org", R"("a..b"@example.org)"},
                                         row{".a@example.org", R"(".a"@example.org)"},
                                         row{"a@b@example.org", R"("a@b"@example.org)"},
                                         row{R"(a"b\c@example.org)", R"("a\"b\\c"@example.org)"},
                                         row{R"("a"@example.org)", R"("\"a\""@example.org)"},
                                         row{"b\xC3\xB6@example.org", "b\xC3\xB6@example.org"},
                                         row{"bob@[192.0.2.1]", "bob@[192.0.2.1]"},
                                         row{"bob@[IPv6:2001:db8::1]", "bob@[IPv6:2001:db8::1]"},
                                         row{"bob@example.org.", "bob@example.org"}, row{"", ""},
                                         row{"<>", ""}, row{"bob", ""}, row{"bob@", ""},
                                         row{"bob@.", ""}, row{"bob@host", ""},
                                         row{"bob@host.", ""}, row{"@example.org", ""},
                                         row{"@relay.example:bob@example.org", ""}, row{"@", ""}));

TEST(EdgeAddressTest, AQuotedStringMayStandAsItIsWhereTheSpellingIsNotKnown) {
  EXPECT_EQ(address_to_ask(R"("a b"@example.org)", spelling::either), R"("a b"@example.org)");
  EXPECT_EQ(address_to_ask("a b@example.org", spelling::either), R"("a b"@example.org)");
  EXPECT_EQ(address_to_ask(R"("a@example.org)", spelling::either), R"("\"a"@example.org)");
}

}  // namespace
}  // namespace cbv::api
