#include "tools/cbv-sim/reply_form.hpp"

#include <gtest/gtest.h>

namespace cbv::sim {
namespace {

TEST(ReplyFormTest, FillsInPlaceholders) {
  const reply_values values{"a@b.example", "192.0.2.1", "{client}", "mx.example", "300"};
  EXPECT_EQ(fill_in("550 {address} {client} {host} {seconds}", values),
            "550 a@b.example 192.0.2.1 mx.example 300");
  EXPECT_EQ(fill_in("550 {helo}", values), "550 {client}") << "not looked through again";
  EXPECT_EQ(fill_in("550 {odd} {address", values), "550 {odd} {address");
  EXPECT_EQ(fill_in("", values), "");
}

TEST(ReplyFormTest, WritesLines) {
  EXPECT_EQ(wire_lines("250 Ok"), "250 Ok\r\n");
  EXPECT_EQ(wire_lines("250"), "250 \r\n");
  EXPECT_EQ(wire_lines("550 a\nb\nc"), "550-a\r\n550-b\r\n550 c\r\n");
}

TEST(ReplyFormTest, MakesNoise) {
  EXPECT_EQ(binary_noise().size(), 1026U);
  EXPECT_EQ(endless_line().find('\n'), std::string::npos);
  EXPECT_EQ(endless_lines("220").substr(0, 16), "220-and so on\r\n2");
}

}  // namespace
}  // namespace cbv::sim
