#include "cbv/address/idna.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cbv::idna {
namespace {

TEST(Idna, KnowsALabelsByTheirPrefix) {
  EXPECT_TRUE(is_a_label("xn--bcher-kva"));
  EXPECT_TRUE(is_a_label("Xn--"));
  EXPECT_FALSE(is_a_label("xn-a"));
  EXPECT_FALSE(is_a_label("ab--c"));
  EXPECT_FALSE(is_a_label(""));
}

TEST(Idna, ConvertsULabels) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"bücher", "xn--bcher-kva"},
      {"BÜCHER", "xn--bcher-kva"},
      {"faß", "xn--fa-hia"},  // transitional mapping would make "fass"
      {"ς", "xn--3xa"},       // and here "σ"
      {"例え", "xn--r8jz45g"},
      {"ｅｘ", "ex"},
      {"x℀", "xa/c"},  // why the caller looks at what comes out
  };
  for (const auto& [label, expected] : cases) {
    const auto a_label = to_a_label(label, 1);
    ASSERT_TRUE(a_label) << to_string(a_label.error());
    EXPECT_EQ(*a_label, expected);
  }
}

TEST(Idna, RefusesAtThePlaceItIsGiven) {
  const auto a_label = to_a_label("a\u200db", 7);
  ASSERT_FALSE(a_label);
  EXPECT_EQ(a_label.error().octet, 7U);
  EXPECT_EQ(to_a_label("ü" + std::string(60, 'a'), 7).error(),
            syntax_error("the label has more than 63 octets as an A-label", 7));
}

// Only what is no Punycode is a fault. That a code point is not allowed, or younger than libidn2,
// must not refuse mail to a domain which the DNS has.
TEST(Idna, FindsFaultsOfPunycodeOnly) {
  for (const std::string label : {"xn--bcher-kva", "xn--ls8h", "xn--1-0ga", "xn--a"}) {
    EXPECT_FALSE(a_label_fault(label)) << label;
  }
  for (const std::string label : {"xn--zzzzzz", "xn--0", "xn--99999999999999", "xn--a-0"}) {
    EXPECT_EQ(a_label_fault(label),
              "the label begins with \"xn--\", but what follows is not Punycode")
        << label;
  }
}

}  // namespace
}  // namespace cbv::idna
