#include "cbv/address/name_pattern.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace cbv {
namespace {

name_list list_of(const std::vector<std::string>& texts) {
  std::vector<name_pattern> patterns;
  for (const std::string& text : texts) {
    const auto one = name_pattern::parse(text);
    EXPECT_TRUE(one) << text;
    if (one) patterns.push_back(*one);
  }
  return name_list(patterns);
}

TEST(NamePattern, HasItselfOrWhatIsBelowOrBoth) {
  struct row {
    const char* pattern;
    const char* name;
    bool matched;
  };
  for (const row& asked : {
           row{"example.org", "example.org", true},
           row{"example.org", "EXAMPLE.org.", true},
           row{"example.org", "mx.example.org", false},
           row{"example.org", "notexample.org", false},
           row{"example.org", "org", false},
           row{"Example.ORG", "example.org", true},
           row{"*.example.org", "example.org", false},
           row{"*.example.org", "mx.example.org", true},
           row{"*.example.org", "a.b.example.org.", true},
           row{"*.example.org", "MX.Example.Org", true},
           row{"*.example.org", "notexample.org", false},
           row{"*.example.org", "mx.notexample.org", false},
           row{".example.org", "example.org", true},
           row{".example.org", "mx.example.org", true},
           row{".example.org", "notexample.org", false},
           row{".org", "example.org", true},
           row{"b\xc3\xbc"
               "cher.example",
               "xn--bcher-kva.example", true},
           row{"[192.0.2.1]", "[192.0.2.1]", true},
           row{"[192.0.2.1]", "[192.0.2.10]", false},
           row{"[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]", true},
           row{"example.org", "", false},
           row{"example.org", ".", false},
       }) {
    EXPECT_EQ(list_of({asked.pattern}).matches(asked.name), asked.matched)
        << asked.pattern << ' ' << asked.name;
  }
}

TEST(NamePattern, IsOneOfMany) {
  const name_list list = list_of({"example.org", "*.example.org", "*.a.example", "b.a.example"});
  for (const char* in : {"example.org", "x.example.org", "c.a.example", "b.a.example"})
    EXPECT_TRUE(list.matches(in)) << in;
  for (const char* out : {"a.example", "example", "example.com"})
    EXPECT_FALSE(list.matches(out)) << out;
  EXPECT_FALSE(list.empty());
  EXPECT_EQ(list.patterns().size(), 4U);
}

TEST(NamePattern, AnEmptyListHasNothing) {
  EXPECT_TRUE(name_list().empty());
  EXPECT_FALSE(name_list().matches("example.org"));
  EXPECT_FALSE(name_list().matches(""));
}

TEST(NamePattern, IsWrittenAsItIsRead) {
  for (const char* text : {"example.org", "*.example.org", ".example.org", "[192.0.2.1]"})
    EXPECT_EQ(name_pattern::parse(text)->text(), text);
  EXPECT_EQ(name_pattern::parse("*.EXAMPLE.org")->text(), "*.example.org");
}

TEST(NamePattern, SaysWhatIsWrongAndWhere) {
  struct bad {
    const char* text;
    std::size_t octet;
  };
  for (const bad& one : {
           bad{"", 1},
           bad{"*", 1},
           bad{"*.", 3},
           bad{".", 2},
           bad{"*example.org", 1},
           bad{"mx*.example.org", 3},
           bad{"*.*.example.org", 3},
           bad{"*.exa mple.org", 6},
           bad{".exa_mple.org", 5},
           bad{"*.[192.0.2.1]", 3},
           bad{"example.org.", 12},
       }) {
    const auto read = name_pattern::parse(one.text);
    ASSERT_FALSE(read) << one.text;
    EXPECT_EQ(read.error().octet, one.octet) << one.text << ": " << read.error().what;
    EXPECT_FALSE(read.error().what.empty());
  }
}

}  // namespace
}  // namespace cbv
