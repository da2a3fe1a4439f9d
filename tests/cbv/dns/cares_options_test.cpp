#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <fstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cbv/dns/cares_resolver.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::dns {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;

TEST(CaresOptionsTest, ReadsServers) {
  const std::pair<std::string, std::string> good[] = {
      {"192.0.2.53", "192.0.2.53:53"},
      {"192.0.2.53:5353", "192.0.2.53:5353"},
      {"2001:db8::53", "[2001:db8::53]:53"},
      {"[2001:db8::53]:5353", "[2001:db8::53]:5353"},
  };
  for (const auto& [text, expected] : good) {
    SCOPED_TRACE(text);
    const auto at = parse_server(text);
    ASSERT_TRUE(at);
    EXPECT_EQ(net::to_string(*at), expected);
  }
  for (const std::string text : {"", "dns.example", "192.0.2.53:", "192.0.2.53:0", "192.0.2.53:x",
                                 "192.0.2.53:65536", "[2001:db8::53]", "192.0.2"}) {
    EXPECT_FALSE(parse_server(text)) << text;
  }
}

TEST(CaresOptionsTest, RefusesBadOptions) {
  asio::io_context io;
  system_timer time;
  const auto made_with = [&](const cares_options& options) {
    const cares_resolver made(io.get_executor(), time, options);
  };
  cares_options good;
  good.servers = {"127.0.0.1:5353"};
  EXPECT_NO_THROW(made_with(good));
  cares_options bad = good;
  bad.servers.emplace_back("dns.example");
  EXPECT_THROW(made_with(bad), std::invalid_argument);
  bad = good;
  bad.tries = 0;
  EXPECT_THROW(made_with(bad), std::invalid_argument);
  bad = good;
  bad.try_timeout = 0ms;
  EXPECT_THROW(made_with(bad), std::invalid_argument);
  bad = good;
  bad.questions_at_once = 0;
  EXPECT_THROW(made_with(bad), std::invalid_argument);
}

TEST(CaresOptionsTest, TakesTheServersOfResolvConf) {
  const temporary_folder folder;
  const std::string path = folder.inside("resolv.conf");
  std::ofstream(path) << "search example.org\nnameserver 192.0.2.53\noptions rotate\n"
                         "nameserver 2001:db8::53\n";
  asio::io_context io;
  system_timer time;
  cares_options options;
  options.resolv_conf = path;
  const cares_resolver made(io.get_executor(), time, options);
  std::vector<std::string> servers;
  for (const net::endpoint& at : made.servers()) servers.push_back(net::to_string(at));
  EXPECT_THAT(servers, ElementsAre("192.0.2.53:53", "[2001:db8::53]:53"));
}

}  // namespace
}  // namespace cbv::dns
