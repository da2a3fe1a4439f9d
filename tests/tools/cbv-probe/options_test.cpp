#include "tools/cbv-probe/options.hpp"

#include <gtest/gtest.h>

namespace cbv::probe {
namespace {

/// The command line read; quiet about what CLI11 writes.
std::variant<options, int> parse(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "cbv-probe");
  testing::internal::CaptureStderr();
  testing::internal::CaptureStdout();
  auto asked = parse_command_line(static_cast<int>(arguments.size()), arguments.data());
  testing::internal::GetCapturedStdout();
  testing::internal::GetCapturedStderr();
  return asked;
}

TEST(ProbeOptionsTest, ReadsAQuestionForTheDaemon) {
  const auto asked = parse({"--socket", "[::1]:8025", "--role", "sender", "--fresh", "--timeout",
                            "2m", "--csv", "ann@example.net", "bob@example.net"});
  ASSERT_TRUE(std::holds_alternative<options>(asked));
  const auto& read = std::get<options>(asked);
  EXPECT_EQ(read.socket, "[::1]:8025");
  EXPECT_EQ(read.role, role::sender);
  EXPECT_TRUE(read.fresh);
  EXPECT_EQ(read.timeout, std::chrono::minutes(2));
  EXPECT_EQ(read.format, output_format::csv);
  EXPECT_EQ(read.addresses.size(), 2U);
}

TEST(ProbeOptionsTest, ReadsADirectQuestion) {
  const auto asked = parse({"--direct", "-4", "--dns", "127.0.0.1:5353", "--dns", "[::1]:53",
                            "--port", "2525", "--permit", "127.0.0.0/8", "--helo", "edge.example",
                            "--mail-from", "me@example.org", "ann@example.net"});
  ASSERT_TRUE(std::holds_alternative<options>(asked));
  const auto& read = std::get<options>(asked);
  EXPECT_EQ(read.family, dns::address_family::ipv4);
  EXPECT_EQ(read.dns_servers, (std::vector<std::string>{"127.0.0.1:5353", "[::1]:53"}));
  EXPECT_EQ(read.port, 2525);
  EXPECT_EQ(read.permit_networks, std::vector<std::string>{"127.0.0.0/8"});
  EXPECT_EQ(read.mail_from, "me@example.org");
}

TEST(ProbeOptionsTest, TakesTheAddressAfterAnOptionThatMayBeRepeated) {
  const auto asked = parse({"--direct", "--permit", "127.0.0.0/8", "ann@example.net"});
  ASSERT_TRUE(std::holds_alternative<options>(asked));
  EXPECT_EQ(std::get<options>(asked).addresses, std::vector<std::string>{"ann@example.net"});
}

TEST(ProbeOptionsTest, ReadsStandardInputAndAnEmptyAddress) {
  const auto from = parse({"--from", "-", "--jobs", "50", "--json"});
  ASSERT_TRUE(std::holds_alternative<options>(from));
  EXPECT_EQ(std::get<options>(from).from, "-");
  const auto empty = parse({"--parse", ""});
  ASSERT_TRUE(std::holds_alternative<options>(empty));
  EXPECT_TRUE(std::get<options>(empty).wants_parse);
}

TEST(ProbeOptionsTest, ReadsRepliesFromAFileOrWithoutAStage) {
  const auto many = parse({"--classify", "--from", "-", "--config", "cbvd.toml", "--json"});
  ASSERT_TRUE(std::holds_alternative<options>(many));
  EXPECT_TRUE(std::get<options>(many).wants_classify);
  EXPECT_EQ(std::get<options>(many).classify, std::vector<std::string>{});
  EXPECT_EQ(std::get<options>(many).from, "-");
  EXPECT_EQ(std::get<options>(many).config, "cbvd.toml");
  const auto one = parse({"--classify", "550 no"});
  ASSERT_TRUE(std::holds_alternative<options>(one));
  EXPECT_EQ(std::get<options>(one).classify, std::vector<std::string>{"550 no"});
}

TEST(ProbeOptionsTest, ReadsAReplyThatBeginsWithADigit) {
  for (const auto& line :
       {std::vector<const char*>{"--classify", "--own-ip", "192.0.2.1", "--helo", "mx.example.org",
                                 "rcpt", "550 no"},
        std::vector<const char*>{"--own-ip", "192.0.2.1", "--helo", "mx.example.org", "--classify",
                                 "rcpt", "550 no"}}) {
    const auto with_options = parse(line);
    ASSERT_TRUE(std::holds_alternative<options>(with_options));
    EXPECT_EQ(std::get<options>(with_options).classify,
              (std::vector<std::string>{"rcpt", "550 no"}));
    EXPECT_EQ(std::get<options>(with_options).own_ip, "192.0.2.1");
  }
  const auto asked = parse({"--classify", "rcpt", "550 5.1.1 no such user"});
  ASSERT_TRUE(std::holds_alternative<options>(asked));
  EXPECT_EQ(std::get<options>(asked).classify,
            (std::vector<std::string>{"rcpt", "550 5.1.1 no such user"}));
}

TEST(ProbeOptionsTest, ReadsAQuestionAboutSpf) {
  const auto asked = parse({"--spf", "--client-ip", "2001:db8::1", "--helo", "-not a_name-",
                            "--sender", "ann@example.net", "--dns", "127.0.0.1:53", "--json"});
  ASSERT_TRUE(std::holds_alternative<options>(asked));
  const auto& read = std::get<options>(asked);
  EXPECT_TRUE(read.wants_spf);
  EXPECT_EQ(read.client_ip, "2001:db8::1");
  EXPECT_EQ(read.helo_name, "-not a_name-");
  EXPECT_EQ(read.sender, "ann@example.net");
  EXPECT_EQ(read.dns_servers, std::vector<std::string>{"127.0.0.1:53"});
  const auto null_sender = parse({"--spf", "--client-ip", "192.0.2.1", "--helo", "example.net"});
  EXPECT_TRUE(std::holds_alternative<options>(null_sender));
}

TEST(ProbeOptionsTest, RefusesAWrongCommandLineAsUsage) {
  const std::vector<std::vector<const char*>> wrong{
      {},
      {"--no-such-option"},
      {"--role", "both", "a@b"},
      {"--timeout", "5", "a@b"},
      {"--timeout", "11m", "a@b"},
      {"--jobs", "0", "a@b"},
      {"--json", "--csv", "a@b"},
      {"-4", "a@b"},
      {"--direct", "-4", "-6", "a@b"},
      {"--port", "25", "a@b"},
      {"--direct", "--port", "65536", "a@b"},
      {"--direct", "--dns", "127.0.0.1", "a@b"},
      {"--direct", "--permit", "10.0.0.1/8", "a@b"},
      {"--direct", "--mail-from", "nobody", "a@b"},
      {"--direct", "--helo", "-x-", "a@b"},
      {"--helo", "edge.example", "a@b"},
      {"--from", "list", "a@b"},
      {"--parse", "a@b", "c@d"},
      {"--classify", "rcpt"},
      {"--classify", "rcpt", "550", "no"},
      {"--classify"},
      {"--classify", "550 no", "--from", "-"},
      {"--classify", "550 no", "--csv"},
      {"--config", "cbvd.toml", "ann@example.net"},
      {"--own-ip", "192.0.2.1", "a@b"},
      {"--classify", "rcpt", "550 no", "--own-ip", "mine"},
      {"--dns", "127.0.0.1:53", "a@b"},
      {"--spf"},
      {"--spf", "--client-ip", "192.0.2.1"},
      {"--spf", "--client-ip", "mine", "--sender", "a@b"},
      {"--spf", "--sender", "a@b"},
      {"--spf", "--client-ip", "192.0.2.1", "--sender", "a@b", "--csv"},
      {"--spf", "--client-ip", "192.0.2.1", "--sender", "a@b", "c@d"},
      {"--client-ip", "192.0.2.1", "a@b"},
      {"--sender", "a@b", "c@d"},
  };
  for (const auto& arguments : wrong) {
    const auto asked = parse(arguments);
    ASSERT_TRUE(std::holds_alternative<int>(asked)) << testing::PrintToString(arguments);
    EXPECT_EQ(std::get<int>(asked), exit_usage) << testing::PrintToString(arguments);
  }
}

TEST(ProbeOptionsTest, HelpAndVersionAreNoErrors) {
  for (const char* option : {"--help", "--version"}) {
    const auto asked = parse({option});
    ASSERT_TRUE(std::holds_alternative<int>(asked)) << option;
    EXPECT_EQ(std::get<int>(asked), 0) << option;
  }
}

}  // namespace
}  // namespace cbv::probe
