#include "tools/cbvd/token_file.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <string>
#include <vector>

#include "tests/temporary_folder.hpp"

namespace cbv::cbvd {
namespace {

class TokenFileTest : public testing::Test {
 protected:
  void write(const std::string& text) const { std::ofstream(path_) << text; }

  const temporary_folder place_;
  const std::string path_ = place_.path() / "token";
};

TEST_F(TokenFileTest, TheFirstLineIsTheToken) {
  struct row {
    std::string text;
    std::string token;  // empty: it is none
  };
  const std::vector<row> rows{
      {"correct-horse-battery", "correct-horse-battery"},
      {"0123456789abcdef\r\nand more\n", "0123456789abcdef"},
      {"0123456789abcde", ""},
      {"", ""},
      {"\n0123456789abcdef", ""},
      {"with spaces 0123456789abcdef", ""},
      {"0123456789abcd\u00e9f", ""},
  };
  for (const row& each : rows) {
    write(each.text);
    token_file one(path_);
    EXPECT_EQ(one.read().empty(), !each.token.empty()) << each.text;
    EXPECT_EQ(one.token(), each.token) << each.text;
  }
}

TEST_F(TokenFileTest, TheOldOneStaysIfTheNewOneIsNoGood) {
  token_file one(path_, "what was there before");
  EXPECT_NE(one.read().find("expected a file that can be read"), std::string::npos);
  EXPECT_EQ(one.token(), "what was there before");
  write("0123456789abcdef");
  EXPECT_TRUE(one.has_changed());
  EXPECT_EQ(one.read(), "");
  EXPECT_FALSE(one.has_changed());
  write("short");
  EXPECT_TRUE(one.has_changed());
  EXPECT_NE(one.read(), "");
  EXPECT_EQ(one.token(), "0123456789abcdef");
  EXPECT_FALSE(one.has_changed()) << "looked at once, not every ten seconds";
}

}  // namespace
}  // namespace cbv::cbvd
