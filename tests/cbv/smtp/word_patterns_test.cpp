#include "cbv/smtp/word_patterns.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "cbv/smtp/reply_words.hpp"

namespace cbv::smtp {
namespace {

std::vector<bool> found(std::string_view text, std::vector<std::string_view> patterns) {
  const reply_words words(text, "", "");
  constexpr std::array groups{word_group{"box", "mailbox/inbox/postfach*"}};
  return word_patterns(patterns, groups).found_in(words.all());
}

TEST(WordPatterns, AreFoundWhereTheyStand) {
  struct row {
    const char* text;
    const char* pattern;
    bool said;
  };
  for (const row& asked : {
           row{"user unknown", "user unknown", true},
           row{"user unknown", "unknown user", false},
           row{"the user unknown here", "user unknown", true},
           row{"user is unknown", "user unknown", false},
           row{"users unknown", "user unknown", false},
           row{"user unknown", "no|user unknown", true},
           row{"user unknown", "no|yes", false},
           row{"mailbox unknown", "user/mailbox unknown/invalid", true},
           row{"account unknown", "user/mailbox unknown/invalid", false},
           row{"user <bob@x> is unknown", "user _ unknown", true},
           row{"user unknown", "user _ unknown", true},
           row{"user from an unknown host", "user _ unknown", false},
           row{"user is the a an this it unknown", "user _ unknown", false},  // too far apart
           row{"user bob.smith unknown", "user _ unknown", true},             // a name
           row{"user whom we all met is unknown", "user ~ unknown", true},
           row{"user whom we all met here once is unknown", "user ~ unknown", false},
           row{"user is the one whom nobody knows", "user _ one ~ knows", true},
           row{"mailbox is full", "{box} _ full", true},
           row{"inbox is full", "{box} _ full", true},
           row{"postfach7 ist voll", "{box}/account _ full/voll", true},
           row{"account voll", "{box}/account _ full/voll", true},
           row{"letterbox is full", "{box} _ full", false},
           row{"box", "{unheard}", false},
           row{"user", "user _ unknown", false},
           row{"user is", "user _ unknown", false},
           row{"blacklisted", "blacklist*", true},
           row{"is unblacklisted", "blacklist*", false},
           row{"zen.spamhaus.org", "*spamhaus*", true},
           row{"a yahoo.com account", "a * account", true},
           row{"an account", "a * account", false},
           row{"x.notfound", "*notfound", true},
           row{"x.notfound.y", "*notfound", false},
           row{"", "", false},
           row{"a b", "", false},
       }) {
    EXPECT_EQ(found(asked.text, {asked.pattern}), std::vector<bool>{asked.said})
        << asked.text << " / " << asked.pattern;
  }
}

// The work does not grow with what a pattern could be stretched over.
TEST(WordPatterns, TakeLongTexts) {
  std::vector<std::string> words(20'000, "the");
  words.front() = "user";
  const std::vector<std::string_view> patterns{"user/the ~ _ ~ _ ~ _ ~ _ ~ _ ~ _ ~ unknown"};
  EXPECT_EQ(word_patterns(patterns).found_in(words), std::vector<bool>{false});
}

TEST(WordPatterns, AreToldApart) {
  EXPECT_EQ(found("user unknown in spamtable", {"no", "", "user unknown|no", "spam*", "unknown *"}),
            (std::vector<bool>{false, false, true, true, true}));
  EXPECT_EQ(found("user unknown", {}), std::vector<bool>{});
}

}  // namespace
}  // namespace cbv::smtp
