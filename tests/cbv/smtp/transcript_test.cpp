#include "cbv/smtp/transcript.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

namespace cbv::smtp {
namespace {

using namespace std::chrono_literals;

const time_point start{1h};

TEST(Transcript, ShowsWhoSaidWhatAndWhen) {
  transcript heard;
  heard.note(start, "connected");
  heard.received(start + 5ms, "220-hel");
  heard.received(start + 6ms, "lo\r\n220 mx\r");
  heard.received(start + 7ms, "\n");
  heard.sent(start + 1500ms, "MAIL FROM:<>\r\nRCPT TO:<bob@example.org>\r\n");
  heard.received(start + 2s, "250");
  heard.note(start + 61s, "reply not completed in time");
  EXPECT_EQ(to_string(heard),
            "   0.000 -- connected\n"
            "   0.005 S: 220-hello\n"
            "   0.006 S: 220 mx\n"
            "   1.500 C: MAIL FROM:<>\n"
            "   1.500 C: RCPT TO:<bob@example.org>\n"
            "   2.000 S: 250\n"
            "  61.000 -- reply not completed in time\n");
}

TEST(Transcript, ShowsNoOctetThatATerminalWouldObey) {
  transcript heard;
  heard.received(start, std::string("250 \x1b[2J\0\xff\\ \xc3", 13));
  heard.received(start, "\xbc\r\r\n");
  EXPECT_EQ(to_string(heard), "   0.000 S: 250 \\x1b[2J\\x00\\xff\\\\ \u00fc\\x0d\n");
}

TEST(Transcript, KeepsWhatTwoSpeakersSayApart) {
  transcript heard;
  heard.received(start, "2");
  heard.sent(start, "QUIT\r\n");
  heard.received(start, "21 bye\n");
  EXPECT_EQ(to_string(heard), "   0.000 S: 2\n   0.000 C: QUIT\n   0.000 S: 21 bye\n");
}

TEST(Transcript, IsBounded) {
  transcript heard({.lines_max = 3, .line_octets_max = 9});
  heard.received(start, "12345678\r\n1234567890\r\n");
  for (int i = 0; i < 1000; ++i) heard.received(start, std::string(1000, 'x'));
  EXPECT_FALSE(heard.is_full());
  heard.received(start, "\nmore\n");
  heard.note(start, "and this");
  EXPECT_TRUE(heard.is_full());
  EXPECT_EQ(heard.lines().size(), 3U);
  EXPECT_EQ(to_string(heard),
            "   0.000 S: 12345678\n"
            "   0.000 S: 123456789 ...\n"
            "   0.000 S: xxxxxxxxx ...\n"
            "         -- the rest is left out\n");
}

}  // namespace
}  // namespace cbv::smtp
