#include "cache/records/host_record.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "tests/cache/sample.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using boost::asio::ip::make_address;
using sample::noon;

const std::string some_key = "\xc0\0\2\1"s;  // 192.0.2.1

host_facts unreachable_at(wall_time when, std::chrono::seconds span = 5min) {
  return with_trouble({}, host_fault::unreachable, when + span, "connection refused", when);
}
host_facts refused_at(wall_time when, std::chrono::seconds span = 5min) {
  return with_trouble({}, host_fault::refused, when + span, "421 4.7.0 go away", when);
}
host_facts both() {
  return with_trouble(unreachable_at(noon), host_fault::refused, noon + 1h, "550 blocked", noon);
}

TEST(HostRecordTest, StandsUnderTheOctetsOfTheAddress) {
  struct row {
    const char* address;
    std::string key;
  };
  const std::vector<row> table{
      {"192.0.2.1", some_key},
      {"::ffff:192.0.2.1", some_key},
      {"2001:db8::1", "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\1"},
      {"fe80::1%1", "\xfe\x80"s + std::string(13, '\0') + "\1"},
  };
  for (const auto& [address, key] : table) {
    EXPECT_EQ(encode_host_key(make_address(address)), key) << address;
    const auto back = decode_host_key(key);
    ASSERT_TRUE(back) << address;
    EXPECT_EQ(encode_host_key(*back), key) << address;
  }
  EXPECT_FALSE(decode_host_key(""));
  EXPECT_FALSE(decode_host_key("12345"));
}

TEST(HostRecordTest, ComesBackAsItWas) {
  for (const host_facts& held : {host_facts{}, unreachable_at(noon), refused_at(noon), both()}) {
    const auto back = decode_host_record(some_key, encode_host_record(some_key, held));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, held);
  }
}

TEST(HostRecordTest, IsAsTheFormatSays) {
  host_facts held = with_trouble({}, host_fault::refused, noon + 5min, "421 no", noon);
  held.refused->since = noon - 1h;
  held.refused->in_a_row = 3;
  const std::string body =
      "\1\2"
      "\xb0\x79\x01\x6b"  // 11:00:00
      "\xc0\x87\x01\x6b"  // 12:00:00
      "\xec\x88\x01\x6b"  // 12:05:00
      "\3\6\0"
      "421 no"s;
  const std::string octets = encode_host_record(some_key, held);
  EXPECT_EQ(octets.substr(0, octets.size() - 4), body);
}

TEST(HostRecordTest, CutsWhatTheHostSaid) {
  const host_facts held = with_trouble({}, host_fault::refused, noon, std::string(1000, 'x'), noon);
  const auto back = decode_host_record(some_key, encode_host_record(some_key, held));
  ASSERT_TRUE(back && back->refused);
  EXPECT_EQ(back->refused->said.size(), host_said_octets_max);
}

TEST(HostRecordTest, IsNeverBelievedChangedCutOrUnderAnotherKey) {
  const std::string octets = encode_host_record(some_key, both());
  for (std::size_t bit = 0; bit < octets.size() * 8; ++bit) {
    std::string odd = octets;
    odd[bit / 8] = static_cast<char>(odd[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(decode_host_record(some_key, odd)) << "bit " << bit;
  }
  for (std::size_t length = 0; length < octets.size(); ++length) {
    EXPECT_FALSE(decode_host_record(some_key, octets.substr(0, length)));
  }
  EXPECT_FALSE(decode_host_record("\xc0\0\2\2"s, octets));
}

TEST(HostRecordTest, IsKnownUntilADayAfterItsEnd) {
  struct row {
    const char* what;
    host_facts held;
    wall_time now;
    host_facts known;
  };
  const host_facts nothing;
  host_facts refused_only = both();
  refused_only.unreachable.reset();
  const std::vector<row> table{
      {"nothing noted", {}, noon, nothing},
      {"just now", unreachable_at(noon), noon, unreachable_at(noon)},
      {"its time is over", unreachable_at(noon), noon + 5min, unreachable_at(noon)},
      {"a day later, nearly", unreachable_at(noon), noon + 5min + 24h - 1s, unreachable_at(noon)},
      {"a day later", unreachable_at(noon), noon + 5min + 24h, nothing},
      {"refused, a day later", refused_at(noon), noon + 5min + 24h, nothing},
      {"each for its own time", both(), noon + 5min + 24h, refused_only},
      {"clock set back a little", both(), noon - 2min, both()},
      {"clock set back", both(), noon - 2min - 1s, nothing},
      {"clock before 1970", both(), wall_time{} - 24h, nothing},
      {"clock a year ahead", both(), noon + 365 * 24h, nothing},
  };
  for (const auto& [what, held, now, known] : table) {
    EXPECT_EQ(facts_in(held, {}, now), known) << what;
  }
}

TEST(HostRecordTest, CountsARowUntilASuccess) {
  host_facts held = unreachable_at(noon);
  EXPECT_EQ(held.unreachable->in_a_row, 1);
  held = with_trouble(held, host_fault::unreachable, noon + 20min, "no answer", noon + 10min);
  EXPECT_EQ(*held.unreachable, (host_trouble{noon, noon + 10min, noon + 20min, 2, "no answer"}));
  EXPECT_FALSE(held.refused);
  for (int i = 0; i < 300; ++i) {
    held = with_trouble(held, host_fault::unreachable, noon + 1h, "no answer", noon + 1h);
  }
  EXPECT_EQ(held.unreachable->in_a_row, 255);
  held = without_trouble(held, host_fault::refused);
  EXPECT_TRUE(held.unreachable);
  held = without_trouble(held, host_fault::unreachable);
  EXPECT_EQ(held, host_facts{});
}

TEST(HostRecordTest, IsForgottenWhenNothingInItIsKnown) {
  EXPECT_TRUE(is_forgotten(host_facts{}, lifetimes{}, noon));
  EXPECT_FALSE(is_forgotten(both(), lifetimes{}, noon + 5min + 24h));
  EXPECT_FALSE(is_forgotten(both(), lifetimes{}, noon + 1h + 24h - 1s));
  EXPECT_TRUE(is_forgotten(both(), lifetimes{}, noon + 1h + 24h));
}

}  // namespace
}  // namespace cbv::cache
