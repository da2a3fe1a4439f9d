#include "tools/cbv-sim/pattern.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "tools/cbv-sim/reader.hpp"

namespace cbv::sim {
namespace {

struct match_case {
  const char* form;
  const char* text;
  std::optional<std::uint64_t> number;  // nothing: no match
};

TEST(PatternTest, MatchesNamesByRule) {
  const match_case cases[] = {
      {"a.example", "a.example", 0},
      {"A.Example", "a.example", 0},
      {"a.example", "b.example", {}},
      {"a.example", "a.example.x", {}},
      {"d{0-65535}.x", "d0.x", 0},
      {"d{0-65535}.x", "d65535.x", 65535},
      {"d{0-65535}.x", "d65536.x", {}},
      {"d{0-65535}.x", "d.x", {}},
      {"d{0-65535}.x", "d01.x", {}},
      {"d{0-65535}.x", "d-1.x", {}},
      {"d{0-65535}.x", "d99999999999999999999999.x", {}},
      {"d{5-9}.x", "d4.x", {}},
      {"d{5-9}.x", "d5.x", 5},
      {"*", "", 0},
      {"*.x", "a.b.x", 0},
      {"*.x", ".x", 0},
      {"*.x", "x", {}},
      {"u{0-9}@*.x", "u7@a.x", 7},
      {"u{0-9}@*.x", "u7@a.y", {}},
      {"*a*", "bab", 0},
      {"*a*", "bbb", {}},
      {"", "", 0},
      {"", "a", {}},
  };
  for (const match_case& each : cases) {
    EXPECT_EQ(pattern(each.form).match(each.text), each.number) << each.form << " / " << each.text;
  }
}

TEST(PatternTest, RefusesWhatIsNoRule) {
  for (const char* const form : {"d{", "d{}", "d{1}", "d{2-1}", "d{1-1}", "d{a-b}",
                                 "d{0-99999999999}", "{0-1}{0-1}", "*a*b*"}) {
    EXPECT_THROW(pattern{form}, complaint) << form;
  }
  EXPECT_TRUE(pattern("a.example").is_literal());
  EXPECT_FALSE(pattern("*").is_literal());
}

TEST(PatternTest, FillsInTheNumber) {
  EXPECT_EQ(with_number("m{}.x{}", 258), "m258.x258");
  EXPECT_EQ(with_number("m{%100}.x", 258), "m58.x");
  EXPECT_EQ(with_number("m.x", 258), "m.x");
  for (const char* const form : {"m{", "m{x}", "m{%}", "m{%0}"}) {
    EXPECT_THROW(check_form(form), complaint) << form;
  }
}

}  // namespace
}  // namespace cbv::sim
