#include "cbv/dns/name.hpp"

#include <gtest/gtest.h>

#include <string>

namespace cbv::dns {
namespace {

using namespace std::string_literals;

const std::string header(12, '\0');

struct name_case {
  std::string what;
  std::string wire;  // behind the header
  std::size_t at;    // behind the header
  std::string text;
  std::size_t end;  // behind the header
};

TEST(NameTest, ReadsNames) {
  const std::string long_label(63, 'a');
  const std::string long_wire = '\x3f' + long_label + '\x3f' + long_label + '\x3f' + long_label +
                                '\x3d' + std::string(61, 'b') + '\0';
  const std::string long_text =
      long_label + '.' + long_label + '.' + long_label + '.' + std::string(61, 'b');
  const name_case cases[] = {
      {"root", "\0"s, 0, "", 1},
      {"plain", "\3www\7example\0"s, 0, "www.example", 13},
      {"upper case is folded", "\3WwW\7EXAMPLE\0"s, 0, "www.example", 13},
      {"a pointer ends a name", "\7example\0\3www\xc0\x0c"s, 9, "www.example", 15},
      {"a name that is a pointer", "\7example\0\xc0\x0c"s, 9, "example", 11},
      {"pointer to pointer", "\7example\0\1a\xc0\x0c\1b\xc0\x15"s, 13, "b.a.example", 17},
      {"a dot in a label", "\3a.b\7example\0"s, 0, "a\\046b.example", 13},
      {"a backslash in a label", "\3a\\b\0"s, 0, "a\\092b", 5},
      {"NUL and high octets", "\3\0\xff \0"s, 0, "\\000\\255\\032", 5},
      {"underscore and hyphen stay", "\6_a-b-9\0"s, 0, "_a-b-9", 8},
      {"colons cannot pass for an address", "\3::1\0"s, 0, "\\058\\0581", 5},
      {"255 octets", long_wire, 0, long_text, 255},
  };
  for (const name_case& one : cases) {
    SCOPED_TRACE(one.what);
    std::size_t at = header.size() + one.at;
    const result<std::string> text = read_name(header + one.wire, at);
    ASSERT_TRUE(text);
    EXPECT_EQ(*text, one.text);
    EXPECT_EQ(at, header.size() + one.end);
  }
}

TEST(NameTest, RefusesWhatIsNoName) {
  const std::string label = '\x3f' + std::string(63, 'a');
  const std::pair<std::string, std::string> cases[] = {
      {"nothing", ""},
      {"no root", "\3www"s},
      {"label cut", "\3ww"s},
      {"pointer cut", "\xc0"s},
      {"pointer to itself", "\xc0\x0c"s},
      {"pointer into its own labels", "\1a\xc0\x0c"s},
      {"pointer ahead", "\xc0\x0e\0"s},
      {"pointer past the end", "\xff\xff"s},
      {"pointer into the header", "\xc0\x00"s},
      {"label type 01", "\x41x\0"s},
      {"label type 10", "\x80\0"s},
      {"256 octets", label + label + label + '\x3e' + std::string(62, 'b') + '\0'},
  };
  for (const auto& [what, wire] : cases) {
    SCOPED_TRACE(what);
    std::size_t at = header.size();
    const result<std::string> text = read_name(header + wire, at);
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error(), errc::message_malformed);
  }
}

TEST(NameTest, FollowsAtMostAsManyPointersAsANameHasLabels) {
  std::string message = header + '\0';
  const auto pointer = [](std::size_t target) {
    return std::string{static_cast<char>(0xc0U | target >> 8U), static_cast<char>(target & 0xffU)};
  };
  message += pointer(12);
  while (message.size() < 13 + 2 * 127) message += pointer(message.size() - 2);
  std::size_t at = message.size() - 2;
  EXPECT_TRUE(read_name(message, at));
  message += pointer(message.size() - 2);
  at = message.size() - 2;
  EXPECT_FALSE(read_name(message, at));
}

TEST(NameTest, WritesNames) {
  const std::string label(63, 'a');
  const std::pair<std::string, std::string> cases[] = {
      {"", "\0"s},
      {".", "\0"s},
      {"www.Example", "\3www\7Example\0"s},
      {"www.example.", "\3www\7example\0"s},
      {"a\\046b.c", "\3a.b\1c\0"s},
      {"a\\.b.c", "\3a.b\1c\0"s},
      {"\\000\\255", "\2\0\xff\0"s},
      {label, '\x3f' + label + '\0'},
  };
  for (const auto& [text, wire] : cases) {
    SCOPED_TRACE(text);
    const result<std::string> written = name_to_wire(text);
    ASSERT_TRUE(written);
    EXPECT_EQ(*written, wire);
  }
}

TEST(NameTest, WritesNoNameThatCannotBe) {
  const std::string label(63, 'a');
  std::string too_long(62, 'b');
  for (int i = 0; i < 3; ++i) too_long.insert(0, label + '.');
  for (const std::string& text : {".a"s, "a..b"s, "a.."s, ".."s, label + "a", "a\\"s, "a\\1"s,
                                  "a\\12"s, "a\\256"s, "a\\1x2"s, too_long}) {
    SCOPED_TRACE(text);
    EXPECT_FALSE(name_to_wire(text));
  }
}

TEST(NameTest, EscapesPlainOctets) {
  const std::pair<std::string, std::string> cases[] = {
      {"", ""},
      {"Example.ORG", "example.org"},
      {"example.org.", "example.org"},
      {"_spf.example.org", "_spf.example.org"},
      {"o'neil+x.example.org", "o\\039neil\\043x.example.org"},
      {"a\\b.org", "a\\092b.org"},
      {"a..b", "a..b"},
      {"b\xc3\xbc.org", "b\\195\\188.org"},
      {"\0"s, "\\000"},
  };
  for (const auto& [octets, text] : cases) EXPECT_EQ(escaped_name(octets), text) << octets;
  EXPECT_FALSE(name_to_wire(escaped_name("a..b")));
}

TEST(NameTest, KnowsWhatIsBelowAZone) {
  EXPECT_TRUE(is_at_or_below("a.example", "example"));
  EXPECT_TRUE(is_at_or_below("example", "example"));
  EXPECT_TRUE(is_at_or_below("example", ""));
  EXPECT_FALSE(is_at_or_below("anexample", "example"));
  EXPECT_FALSE(is_at_or_below("a\\046example", "example"));
  EXPECT_FALSE(is_at_or_below("example", "a.example"));
}

}  // namespace
}  // namespace cbv::dns
