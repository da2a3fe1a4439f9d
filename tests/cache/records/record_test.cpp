#include "cache/records/record.hpp"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cache/records/checksum.hpp"
#include "tests/cache/sample.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

std::string hex_of(std::string_view octets) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : octets) {
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

/// The hexadecimal octets of the block "```NAME" in FORMAT.md: of each line, the first column.
std::string example_in_format(const std::string& name) {
  std::ifstream file(CBV_SOURCE_DIR "/cache/FORMAT.md");
  std::string line;
  std::string octets;
  bool inside = false;
  while (std::getline(file, line)) {
    if (line == "```" + name) {
      inside = true;
    } else if (line.starts_with("```")) {
      inside = false;
    } else if (inside) {
      std::istringstream columns(line.substr(0, line.find("  ")));
      std::string octet;
      while (columns >> octet) octets += octet;
    }
  }
  return octets;
}

record worked_example() {
  verdict v = sample::refused();
  v.catch_all = catch_all::untested;
  return sample::remembered_at(sample::noon, v, 3h, 24h);
}

std::vector<record> all_kinds() {
  record plain = sample::remembered_at(sample::noon, sample::accepted(), 24h, 7 * 24h);
  record disputed = plain;
  disputed.disputed_by = reason::mailbox_not_found;
  record unknown = sample::remembered_at(sample::noon, sample::timed_out(), 5min, 5min);
  unknown.failures = 255;
  record full = plain;
  full.verdict.host = std::string(255, 'h');
  full.verdict.host_ip = std::string(255, '1');
  full.verdict.detail = std::string(detail_octets_max, 'd');
  full.verdict.reply = far_reply{999, std::string(255, '5'), std::string(512, 't')};
  record bare;
  bare.verdict =
      sample::made(status::undeliverable, reason::domain_not_found, stage::dns, source::dns);
  record judged;
  judged.verdict = sample::made(status::undeliverable, reason::relay_denied);
  record guarded = plain;
  guarded.verdict.tls = tls_facts{"TLSv1.3", true};
  record unverified = bare;
  unverified.verdict.tls = tls_facts{std::string(255, 'T'), false};
  return {plain, disputed, unknown, full, bare, judged, guarded, unverified, worked_example()};
}

const std::string some_key = "org.example\0bob\2"s;

TEST(RecordKeyTest, HasReversedDomainThenLocalPartThenRole) {
  struct row {
    const char* address;
    role side;
    std::string key;
  };
  const std::vector<row> table{
      {"bob@example.org", role::recipient, "org.example\0bob\2"s},
      {"bob@example.org", role::sender, "org.example\0bob\1"s},
      {"Bob@Example.ORG", role::recipient, "org.example\0bob\2"s},
      {"\"bob\"@example.org", role::recipient, "org.example\0bob\2"s},
      {"\"a@b c\"@mx.example.org", role::recipient, "org.example.mx\0\"a@b c\"\2"s},
      {"bob@localhost", role::recipient, "localhost\0bob\2"s},
      {"bob@[192.0.2.1]", role::recipient, "[192.0.2.1]\0bob\2"s},
      {"bob@[IPv6:2001:db8::1]", role::sender, "[IPv6:2001:db8::1]\0bob\1"s},
      {"bob@b\xc3\xbc"
       "cher.example",
       role::recipient, "example.xn--bcher-kva\0bob\2"s},
  };
  for (const auto& [address, side, key] : table) {
    EXPECT_EQ(hex_of(encode_key(side, sample::address(address)).octets()), hex_of(key)) << address;
  }
}

TEST(RecordKeyTest, KeepsDomainsAndSubdomainsTogether) {
  std::set<std::string> ordered;
  for (const char* address : {"z@example.org", "a@example.org", "a@mx.example.org", "a@example.net",
                              "a@example-x.org", "a@examplf.org"}) {
    ordered.emplace(encode_key(role::recipient, sample::address(address)).octets());
  }
  const std::vector<std::string> expected{"net.example\0a\2"s,    "org.example\0a\2"s,
                                          "org.example\0z\2"s,    "org.example-x\0a\2"s,
                                          "org.example.mx\0a\2"s, "org.examplf\0a\2"s};
  EXPECT_EQ(std::vector<std::string>(ordered.begin(), ordered.end()), expected);
}

TEST(RecordKeyTest, TakesTheLongestMailboxAndNoLonger) {
  const std::string local(64, 'l');
  EXPECT_EQ(encode_key(role::sender, local + "@" + std::string(255, 'd')).octets().size(),
            key_octets_max);
  EXPECT_TRUE(encode_key(role::sender, local + "@" + std::string(256, 'd')).empty());
  EXPECT_TRUE(encode_key(role::sender, local + "l@" + std::string(255, 'd')).empty());
  EXPECT_TRUE(encode_key(role::sender, "no at sign").empty());
}

TEST(RecordTest, ComesBackAsItWas) {
  for (const record& held : all_kinds()) {
    const std::string octets = encode_record(some_key, held);
    const auto back = decode_record(some_key, octets);
    ASSERT_TRUE(back) << to_string(held.verdict.reason);
    EXPECT_EQ(*back, held) << to_string(held.verdict.reason);
  }
}

TEST(RecordTest, IsWhatFormatMdShows) {
  const record held = worked_example();
  const record_key key = encode_key(role::recipient, sample::address("bob@example.org"));
  EXPECT_EQ(hex_of(key.octets()), example_in_format("key"));
  EXPECT_EQ(hex_of(encode_record(key.octets(), held)), example_in_format("record"));
}

TEST(RecordTest, IsNeverBelievedWithABitFlipped) {
  for (const record& held : all_kinds()) {
    std::string octets = encode_record(some_key, held);
    for (std::size_t bit = 0; bit < octets.size() * 8; ++bit) {
      const auto flip = static_cast<char>(1 << bit % 8);
      octets[bit / 8] = static_cast<char>(octets[bit / 8] ^ flip);
      const auto read = decode_record(some_key, octets);
      EXPECT_FALSE(read) << "bit " << bit;
      EXPECT_TRUE(read || read.error() == errc::record_corrupt);
      octets[bit / 8] = static_cast<char>(octets[bit / 8] ^ flip);
    }
    EXPECT_TRUE(decode_record(some_key, octets));
  }
}

TEST(RecordTest, IsNeverBelievedCutOrUnderAnotherKey) {
  for (const record& held : all_kinds()) {
    const std::string octets = encode_record(some_key, held);
    for (std::size_t length = 0; length < octets.size(); ++length) {
      EXPECT_FALSE(decode_record(some_key, std::string_view(octets).substr(0, length)));
    }
    EXPECT_FALSE(decode_record("org.example\0bob\1"s, octets));
    EXPECT_FALSE(decode_record("org.example\0rob\2"s, octets));
  }
}

/// `octets` with the checksum made right again.
std::string signed_again(std::string octets) {
  octets.resize(octets.size() - 4);
  const std::uint32_t sum = checksum(some_key, octets);
  for (int shift = 0; shift < 32; shift += 8) {
    octets.push_back(static_cast<char>(sum >> shift & 0xff));
  }
  return octets;
}

TEST(RecordTest, RefusesWhatNoOneWroteEvenWithAGoodChecksum) {
  struct row {
    const char* what;
    std::size_t at;
    unsigned char octet;
  };
  // Offsets of FORMAT.md; the strings of the worked example begin at 26.
  constexpr std::array table{
      row{"version 0", 0, 0},
      row{"version 2", 0, 2},
      row{"status 0", 1, 0},
      row{"status 4", 1, 4},
      row{"deliverable for a reason that is not", 1, 1},
      row{"unknown for a reason that is not", 1, 3},
      row{"reason 0", 2, 0},
      row{"reason 255", 2, 255},
      row{"stage 0", 3, 0},
      row{"source 0", 4, 0},
      row{"catch-all 3", 5, 3},
      row{"disputed although undeliverable", 7, 26},
      row{"disputed by no word", 7, 255},
      row{"reply code 38", 25, 0},
      row{"reply code 1062", 25, 4},
      row{"host longer than the record", 26, 255},
  };
  const std::string good = encode_record(some_key, worked_example());
  ASSERT_TRUE(decode_record(some_key, signed_again(good)));
  for (const auto& [what, at, octet] : table) {
    std::string odd = good;
    ASSERT_NE(odd[at], static_cast<char>(octet)) << what;
    odd[at] = static_cast<char>(octet);
    EXPECT_FALSE(decode_record(some_key, signed_again(odd))) << what;
  }
}

TEST(RecordTest, LeavesOctetsOfALaterWriterAlone) {
  record guarded = worked_example();
  guarded.verdict.tls = tls_facts{"TLSv1.3", true};
  for (const auto& [held, later] :
       {std::pair{worked_example(), "\0later field"s}, std::pair{guarded, "later field"s}}) {
    std::string longer = encode_record(some_key, held);
    longer.insert(longer.size() - 4, later);
    const auto read = decode_record(some_key, signed_again(longer));
    ASSERT_TRUE(read) << later;
    EXPECT_EQ(*read, held) << later;
  }
}

TEST(RecordTest, ReadsARecordFromBeforeTheTlsFields) {
  record guarded = worked_example();
  guarded.verdict.tls = tls_facts{"TLSv1.3", true};
  std::string older = encode_record(some_key, guarded);
  older.resize(older.size() - 4);
  older.erase(older.size() - std::string("\7TLSv1.3\1").size());
  older += "....";
  const auto read = decode_record(some_key, signed_again(older));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, worked_example());
}

TEST(RecordTest, RefusesTlsFieldsThatNoOneWrote) {
  const std::string good = encode_record(some_key, worked_example());
  for (const std::string& odd : {"\7TLSv1.3"s, "\7TLSv1.3\2"s, "\7TLS"s, "\7"s}) {
    std::string octets = good;
    octets.insert(octets.size() - 4, odd);
    EXPECT_FALSE(decode_record(some_key, signed_again(octets))) << odd;
  }
}

TEST(RecordTest, CutsWhatIsTooLongAndClampsWhatIsTooFar) {
  record far = worked_example();
  far.verdict.host = std::string(300, 'h');
  far.verdict.detail = std::string(511, 'd') + "\xc3\xa9";
  far.verdict.reply->text = std::string(600, 't');
  far.verdict.checked_at = wall_time{-1s};
  far.verdict.expires_at = wall_time::max();
  far.verdict.elapsed = std::chrono::hours{24 * 365};
  const auto read = decode_record(some_key, encode_record(some_key, far));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->verdict.host.size(), 255u);
  EXPECT_EQ(read->verdict.detail, std::string(511, 'd'));
  EXPECT_EQ(read->verdict.reply->text.size(), 512u);
  EXPECT_EQ(read->verdict.checked_at, wall_time{0s});
  EXPECT_EQ(read->verdict.expires_at, wall_time{4'294'967'295s});
  EXPECT_EQ(read->verdict.elapsed, 4'294'967'295ms);
}

TEST(RecordTest, KeepsNoReplyThatHasNoCode) {
  record odd = worked_example();
  odd.verdict.reply->code = 0;
  const auto read = decode_record(some_key, encode_record(some_key, odd));
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->verdict.reply);
}

}  // namespace
}  // namespace cbv::cache
