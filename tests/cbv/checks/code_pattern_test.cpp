#include "cbv/checks/code_pattern.hpp"

#include <gtest/gtest.h>

namespace cbv::checks {
namespace {

using boost::asio::ip::make_address_v4;

TEST(CodePatternTest, MatchesCodes) {
  const struct {
    const char* pattern;
    const char* code;
    bool has;
  } cases[] = {
      {"127.0.0.2", "127.0.0.2", true},
      {"127.0.0.2", "127.0.0.3", false},
      {"127.0.0.2", "127.0.1.2", false},
      {"127.0.0.[2..11]", "127.0.0.1", false},
      {"127.0.0.[2..11]", "127.0.0.2", true},
      {"127.0.0.[2..11]", "127.0.0.11", true},
      {"127.0.0.[2..11]", "127.0.0.12", false},
      {"127.0.0.[2;4;6..8]", "127.0.0.3", false},
      {"127.0.0.[2;4;6..8]", "127.0.0.4", true},
      {"127.0.0.[2;4;6..8]", "127.0.0.7", true},
      {"127.0.[0..255].[1..3]", "127.0.9.3", true},
      {"127.0.[0..255].[1..3]", "127.0.9.0", false},
      {"127.0.[0..255].0", "127.0.255.0", true},
      {"127.[0].0.255", "127.0.0.255", true},
      {"&0.0.0.6", "127.0.0.2", true},
      {"&0.0.0.6", "127.0.0.12", true},
      {"&0.0.0.6", "127.0.0.9", false},
      {"&0.0.1.0", "127.0.1.0", true},
      {"&0.0.1.0", "127.0.2.1", false},
  };
  for (const auto& one : cases) {
    const auto read = code_pattern::parse(one.pattern);
    ASSERT_TRUE(read) << one.pattern << ": " << to_string(read.error());
    EXPECT_EQ(read->has(make_address_v4(one.code)), one.has) << one.pattern << ' ' << one.code;
    EXPECT_EQ(read->text(), one.pattern);
  }
}

TEST(CodePatternTest, RefusesWhatIsNone) {
  const struct {
    const char* pattern;
    std::size_t octet;
  } cases[] = {
      {"", 1},
      {"127", 4},
      {"127.0.0", 8},
      {"127.0.0.", 9},
      {"127.0.0.256", 9},
      {"127.0.0.1000", 12},
      {"127.0.0.2.3", 10},
      {"127.0.0.2 ", 10},
      {"127.0.0.-1", 9},
      {"127.0.0.[", 10},
      {"127.0.0.[]", 10},
      {"127.0.0.[2", 11},
      {"127.0.0.[2..]", 13},
      {"127.0.0.[9..2]", 14},
      {"127.0.0.[2;]", 12},
      {"127.0.0.4/30", 10},
      {"127.0.0.2..4", 10},
      {"&0.0.0.0", 9},
      {"&0.0.0.[1..2]", 14},
      {"&", 2},
  };
  for (const auto& one : cases) {
    const auto read = code_pattern::parse(one.pattern);
    ASSERT_FALSE(read) << one.pattern;
    EXPECT_EQ(read.error().octet, one.octet) << one.pattern << ": " << read.error().what;
  }
}

}  // namespace
}  // namespace cbv::checks
