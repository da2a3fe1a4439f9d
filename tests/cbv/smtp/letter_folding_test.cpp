#include "cbv/smtp/letter_folding.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cbv::smtp {
namespace {

TEST(LetterFolding, MakesOneOfManySpellings) {
  struct row {
    const char* text;
    const char* folded;
  };
  for (const row& asked : {
           row{"", ""}, row{"User UNKNOWN <Bob@Example.org>", "user unknown <bob@example.org>"},
           row{"Empf\u00e4nger Stra\u00dfe \u00dcbergr\u00f6\u00dfe",
               "empfanger strasse ubergrosse"},
           row{"\u00c9t\u00e9 \u0153uvre \u0142\u00f3d\u017a \u010cesk\u00fd \u0130\u0131",
               "ete ouvre lodz cesky ii"},
           row{"e\u0301", "e"}, row{"po\u0219tal\u0103 \u021bine", "postala tine"},
           row{"\u0386\u03b3\u03bd\u03c9\u03c3\u03c4\u03bf\u03c2",
               "\u03b1\u03b3\u03bd\u03c9\u03c3\u03c4\u03bf\u03c3"},
           row{"t\u1ed3n t\u1ea1i \u01b0\u01a1", "ton tai uo"},
           row{"\u042f\u0449\u0438\u043a \u0401\u0436", "\u044f\u0449\u0438\u043a \u0435\u0436"},
           row{"doesn\u2019t \u201cfull\u201d non\u2010local", "doesn't \"full\" non-local"},
           row{"\uff35\uff53\uff45\uff52\uff1a", "user:"},
           row{"\u7528\u6237\u4e0d\u5b58\u5728", "\u7528\u6237\u4e0d\u5b58\u5728"},
           row{"ung\xfcltig \xc9", "ungultig e"},  // ISO 8859-1
       }) {
    EXPECT_EQ(fold_letters(asked.text), asked.folded) << asked.text;
  }
}

TEST(LetterFolding, TakesAnyOctets) {
  std::string all;
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; second += 5) {
      all += static_cast<char>(first);
      all += static_cast<char>(second);
    }
  }
  const std::string folded = fold_letters(all);
  EXPECT_LE(folded.size(), all.size() * 2);
}

}  // namespace
}  // namespace cbv::smtp
