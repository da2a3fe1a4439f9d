#include "cbv/smtp/word_patterns.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "cbv/smtp/reply_words.hpp"

namespace cbv::smtp {
namespace {

std::vector<bool> found(std::string_view text, std::vector<std::string_view> patterns) {
  const reply_words words(text, "", "");
  return word_patterns(patterns).found_in(words.all());
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
           row{"user is the a an this unknown", "user _ unknown", false},  // too far apart
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

TEST(WordPatterns, AreToldApart) {
  EXPECT_EQ(found("user unknown in spamtable", {"no", "", "user unknown|no", "spam*", "unknown *"}),
            (std::vector<bool>{false, false, true, true, true}));
  EXPECT_EQ(found("user unknown", {}), std::vector<bool>{});
}

}  // namespace
}  // namespace cbv::smtp
