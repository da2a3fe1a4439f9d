#include "cbv/checks/wildcard.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cbv::checks {
namespace {

TEST(WildcardTest, MatchesTheWholeText) {
  struct row {
    const char* pattern;
    const char* text;
    bool matches;
  };
  for (const row& one : {
           row{"", "", true},
           row{"", "a", false},
           row{"bob", "bob", true},
           row{"bob", "bobb", false},
           row{"bob", "bo", false},
           row{"bob", "Bob", false},
           row{"*", "", true},
           row{"*", "anything", true},
           row{"bounce-*", "bounce-", true},
           row{"bounce-*", "bounce-17", true},
           row{"bounce-*", "a-bounce-17", false},
           row{"*-owner", "list-owner", true},
           row{"*-owner", "list-owner-", false},
           row{"a*b*c", "abc", true},
           row{"a*b*c", "axbxbxc", true},
           row{"a*b*c", "axcxb", false},
           row{"***a", "xxa", true},
           row{"?", "", false},
           row{"?", "x", true},
           row{"?", "xy", false},
           row{"b?b", "bob", true},
           row{"*??", "x", false},
           row{"*??", "xy", true},
           row{R"(a\*b)", "a*b", true},
           row{R"(a\*b)", "axb", false},
           row{R"(a\?)", "a?", true},
           row{R"(a\?)", "ab", false},
           row{R"(a\\b)", R"(a\b)", true},
           row{R"(*\*)", "xx*", true},
           row{R"(*\*)", "xx", false},
           row{R"(a\)", R"(a\)", true},
       }) {
    EXPECT_EQ(wildcard_matches(one.pattern, one.text), one.matches)
        << one.pattern << " and " << one.text;
  }
}

// Takes 2^64 steps where every star is tried anew.
TEST(WildcardTest, TakesLittleTimeForTheWorst) {
  std::string pattern;
  for (int i = 0; i < 60; ++i) pattern += "*a";
  EXPECT_FALSE(wildcard_matches(pattern + "b", std::string(64, 'a')));
  EXPECT_TRUE(wildcard_matches(pattern, std::string(64, 'a')));
}

}  // namespace
}  // namespace cbv::checks
