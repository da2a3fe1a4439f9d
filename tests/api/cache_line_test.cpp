// A record as a line of JSON, and back: to the octet, or with what was expected.
#include "api/cache_line.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "cache/records/booking_record.hpp"
#include "cache/records/checksum.hpp"
#include "cache/records/domain_record.hpp"
#include "cache/records/host_record.hpp"
#include "cache/records/record.hpp"
#include "tests/cache/sample.hpp"

namespace cbv::api {
namespace {

using cache::table;
using cache::sample::noon;
using namespace std::chrono_literals;

cache_record verdict_record(const std::string& address, const cache::record& held,
                            role side = role::recipient) {
  const auto key = cache::encode_key(side, cache::sample::address(address));
  return {table::verdicts, std::string(key.octets()), cache::encode_record(key.octets(), held)};
}

cache_record bob(verdict v = cache::sample::refused()) {
  return verdict_record("bob@example.org", cache::sample::remembered_at(noon, v, 3h, 24h));
}

/// With octets behind its last field, as a later version would write it.
cache_record from_a_later_version() {
  cache_record held = bob();
  std::string body = held.octets.substr(0, held.octets.size() - 4) + std::string(2, '\0') + "more";
  const std::uint32_t sum = cache::checksum(held.key, body);
  for (int shift = 0; shift < 32; shift += 8) {
    body.push_back(static_cast<char>((sum >> shift) & 0xff));
  }
  held.octets = body;
  return held;
}

std::vector<cache_record> samples() {
  std::vector<cache_record> all{bob(), bob(cache::sample::timed_out()), from_a_later_version()};
  cache::record full = cache::sample::remembered_at(noon, cache::sample::accepted(), 24h, 48h);
  full.failures = 255;
  full.disputed_by = reason::mailbox_moved;
  full.verdict.tls = tls_facts{"TLSv1.3", true};
  full.verdict.detail = "a \"quoted\" \\ detail, with \xc3\xbc";
  full.verdict.catch_all = catch_all::yes;
  full.verdict.elapsed = std::chrono::milliseconds(4'294'967'295);
  for (const auto* address : {"\"a b\"@example.org",
                              "b\xc3\xbc@b\xc3\xbc"
                              "cher.example",
                              "a@[192.0.2.1]", "a@[IPv6:2001:db8::1]"}) {
    all.push_back(verdict_record(address, full, role::sender));
  }
  verdict empty =
      cache::sample::made(status::unknown, reason::dns_failure, stage::dns, source::dns);
  all.push_back(verdict_record("a@org", {empty, 1, std::nullopt}));
  verdict not_utf8 = cache::sample::refused();
  not_utf8.reply->text = "caf\xe9";
  all.push_back(bob(not_utf8));

  for (const role side : {role::sender, role::recipient}) {
    const auto key = cache::encode_domain_key(side, *domain::parse("mx.example.org"));
    for (const auto& held :
         {cache::with_catch_all({}, catch_all::no, noon), cache::with_null_sender({}, true, noon),
          cache::with_catch_all({}, catch_all::untested, noon)}) {
      all.push_back({table::domains, std::string(key.octets()),
                     cache::encode_domain_record(key.octets(), held)});
    }
  }
  const booking booked{role::sender, cache::sample::address("Bob.X@example.org"), noon, 3};
  const auto key = cache::encode_key(booked.role, booked.address);
  all.push_back(
      {table::bookings, std::string(key.octets()), cache::encode_booking(key.octets(), booked)});
  for (const auto* ip : {"192.0.2.1", "2001:db8::1"}) {
    const std::string at = cache::encode_host_key(boost::asio::ip::make_address(ip));
    host_facts facts =
        cache::with_trouble({}, host_fault::refused, noon + 5min, "421 go away", noon);
    all.push_back({table::hosts, at, cache::encode_host_record(at, facts)});
    facts = cache::with_trouble(facts, host_fault::unreachable, noon + 1h, "", noon + 1s);
    all.push_back({table::hosts, at, cache::encode_host_record(at, facts)});
  }
  return all;
}

TEST(CacheLineTest, EveryRecordComesBackToTheOctet) {
  for (const cache_record& held : samples()) {
    const std::string line = render_line(held);
    SCOPED_TRACE(line);
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_FALSE(is_damaged(held));
    const auto back = read_line(line);
    const auto* complaint = std::get_if<std::string>(&back);
    ASSERT_EQ(complaint, nullptr) << *complaint;
    EXPECT_EQ(std::get<cache_record>(back), held);
    EXPECT_EQ(render_line(std::get<cache_record>(back)), line);
  }
}

TEST(CacheLineTest, OctetsAreGivenOnlyWhereTheMembersDoNotSayAll) {
  EXPECT_EQ(render_line(bob()).find("octets"), std::string::npos);
  EXPECT_NE(render_line(from_a_later_version()).find("\"octets\":\"01021a"), std::string::npos);
}

TEST(CacheLineTest, AnAddressThatSomeoneWroteIsFoldedAsAllAre) {
  std::string line = render_line(bob());
  line.replace(line.find("bob@example.org"), 15, "\\\"BOB\\\"@Example.ORG");
  const auto read = read_line(line);
  ASSERT_TRUE(std::holds_alternative<cache_record>(read)) << std::get<std::string>(read);
  EXPECT_EQ(std::get<cache_record>(read), bob());
}

TEST(CacheLineTest, ADamagedRecordIsNamed) {
  cache_record held = bob();
  held.octets[30] = 'X';
  EXPECT_TRUE(is_damaged(held));
  EXPECT_EQ(render_line(held),
            R"({"table":"verdicts","damaged":true,"name":"bob@example.org, recipient",)"
            R"("key":"6f72672e6578616d706c6500626f6202","size":78})");
  EXPECT_TRUE(is_damaged({table::hosts, "abc", "def"}));
  EXPECT_TRUE(is_damaged({table::domains, bob().key, ""}));
  EXPECT_EQ(name_of({table::verdicts, std::string("\xff\xfe", 2), ""}), "key fffe");
}

TEST(CacheLineTest, SaysWhatWasExpected) {
  const std::string good = render_line(bob());
  struct {
    std::string from;
    std::string to;
    std::string_view says;
  } const cases[] = {
      {R"("table":"verdicts",)", "", "table: missing"},
      {R"("verdicts")", R"("verdict")",
       "table: expected verdicts, domains, bookings or hosts, got 'verdict'"},
      {R"("verdicts")", R"("meta")",
       "table: expected verdicts, domains, bookings or hosts, got 'meta'"},
      {R"("role":"recipient",)", "", "role: missing"},
      {R"("recipient")", "2", "role: expected a string, got 2"},
      {R"("recipient")", R"("both")", "role: expected sender or recipient, got 'both'"},
      {"bob@example.org", "bob", "address: expected local-part@domain"},
      {"bob@example.org", "bob@", "address: the domain is missing (octet 5)"},
      {R"("undeliverable")", R"("deliverable")", "reason: does not belong to the status"},
      {R"("failures":0)", R"("failures":256)",
       "failures: expected a whole number from 0 to 255, got 256"},
      {R"("failures":0)", R"("failures":18446744073709551615)",
       "failures: expected a whole number from 0 to 255, got 18446744073709551615"},
      {R"("failures":0)", R"("failures":-1)",
       "failures: expected a whole number from 0 to 255, got -1"},
      {R"("disputed_by":null)", R"("disputed_by":"mailbox_moved")",
       "disputed_by: only what is deliverable can be disputed"},
      {R"("code":550)", R"("code":99)",
       "reply.code: expected a whole number from 100 to 999, got 99"},
      {R"("code":550)", R"("code":550,"more":1)", "reply.more: unknown member"},
      {R"("elapsed_ms":84)", R"("elapsed_ms":84,"more":1)", "more: unknown member"},
      {R"("elapsed_ms":84)", R"("elapsed_ms":84,"elapsed_ms":85)", "elapsed_ms: given twice"},
      {"2026-11-21T12", "2026-13-21T12",
       "checked_at: expected a time such as 2026-11-21T12:00:00Z, or null, got "
       "'2026-13-21T12:00:00Z'"},
      {"2026-11-21T12", "2126-11-21T12", "record: a text or a time is more than a record holds"},
      {"no such user", "no such\\nuser", "expected no control characters in any member"},
      {R"("elapsed_ms":84)", R"("elapsed_ms":84,"octets":"0")", "octets: expected octets in hex"},
      {R"("elapsed_ms":84)", R"("elapsed_ms":84,"octets":"00")",
       "octets: not those of such a record under such a key"},
  };
  for (const auto& [from, to, says] : cases) {
    std::string bad = good;
    ASSERT_NE(bad.find(from), std::string::npos) << from;
    bad.replace(bad.find(from), from.size(), to);
    const auto read = read_line(bad);
    ASSERT_TRUE(std::holds_alternative<std::string>(read)) << bad;
    EXPECT_EQ(std::get<std::string>(read), says) << bad;
  }
  for (const auto* none :
       {"", "null", "[]", "7", "{", "{}", "\"a\"", "\xff", "{\"a\":{\"b\":{\"c\":{\"d\":{}}}}}"}) {
    EXPECT_TRUE(std::holds_alternative<std::string>(read_line(none))) << none;
  }
}

TEST(CacheLineTest, OctetsThatSaySomethingElseAreRefused) {
  std::string line = render_line(from_a_later_version());
  line.replace(line.find("no such user"), 12, "no such USER");
  const auto read = read_line(line);
  ASSERT_TRUE(std::holds_alternative<std::string>(read));
  EXPECT_EQ(std::get<std::string>(read).rfind("octets: they say something else", 0), 0U);
}

}  // namespace
}  // namespace cbv::api
