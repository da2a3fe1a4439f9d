#include "cache/catalogue.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "cache/lmdb_store.hpp"
#include "tests/cache/sample.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using sample::noon;

domain domain_of(const std::string& text) {
  return *domain::parse(text);
}

class CatalogueTest : public testing::Test {
 protected:
  CatalogueTest() {
    shelf_options options;
    options.environment.directory = place_.path() / "cache";
    options.queue.group_delay = 1h;  // nothing is committed but by flush()
    auto opened = shelf::open(std::move(options), logger());
    if (!opened) throw std::runtime_error(opened.error().message);
    shelf_ = *std::move(opened);
  }

  std::string key_of(const std::string& address, role side = role::recipient) {
    return std::string(encode_key(side, sample::address(address)).octets());
  }

  void put(const std::string& address, wall_time when = noon, role side = role::recipient) {
    const std::string key = key_of(address, side);
    const record held = sample::remembered_at(when, sample::accepted(), 24h, 48h);
    ASSERT_TRUE(shelf_->put(table::verdicts, key, encode_record(key, held)));
  }

  bool knows(const std::string& address, role side = role::recipient) {
    const auto found = shelf_->find(table::verdicts, key_of(address, side), decode_record);
    return found && *found;
  }

  /// All keys of the verdicts, read in pages of `most`.
  std::vector<std::string> addresses(std::size_t most) {
    std::vector<std::string> all;
    std::optional<std::string> from = "";
    while (from) {
      const auto page = shelf_->page(table::verdicts, *from, "", most);
      if (!page || page->records.size() > most) throw std::runtime_error("no page");
      for (const auto& one : page->records) {
        const auto text = decode_key(one.key);
        all.push_back(text->local_part + "@" + text->domain);
      }
      from = page->next;
    }
    return all;
  }

  const temporary_folder place_;
  std::unique_ptr<shelf> shelf_;
};

TEST_F(CatalogueTest, PagesShowWhatIsQueuedAndWhatIsOnTheDiskInOrder) {
  for (const auto* one : {"a@example.org", "c@example.org", "e@example.org"}) put(one);
  ASSERT_TRUE(shelf_->flush());
  for (const auto* one : {"b@example.org", "d@example.org", "f@example.org"}) put(one);
  shelf_->remove(table::verdicts, key_of("c@example.org"));
  const std::vector<std::string> expected{"a@example.org", "b@example.org", "d@example.org",
                                          "e@example.org", "f@example.org"};
  for (std::size_t most = 1; most < 8; ++most) EXPECT_EQ(addresses(most), expected) << most;
  ASSERT_TRUE(shelf_->flush());
  for (std::size_t most = 1; most < 8; ++most) EXPECT_EQ(addresses(most), expected) << most;
}

TEST_F(CatalogueTest, PagesOfOtherTablesAreTheirOwn) {
  put("a@example.org");
  const std::string key("\xc0\0\x02\x01", 4);
  ASSERT_TRUE(shelf_->put(table::hosts, key, "octets"));
  for (const bool flushed : {false, true}) {
    if (flushed) {
      ASSERT_TRUE(shelf_->flush());
    }
    const auto page = shelf_->page(table::hosts, "", "", 10);
    ASSERT_TRUE(page);
    EXPECT_EQ(page->records, (std::vector<shelf_record>{{key, "octets"}}));
    EXPECT_TRUE(shelf_->page(table::bookings, "", "", 10)->records.empty());
    EXPECT_EQ(addresses(10), std::vector<std::string>{"a@example.org"});
  }
}

TEST_F(CatalogueTest, ForgettingIsImmediateQueuedOrCommitted) {
  catalogue all(*shelf_, nullptr);
  for (const bool flushed : {false, true}) {
    put("a@example.org");
    put("a@example.org", noon, role::sender);
    if (flushed) {
      ASSERT_TRUE(shelf_->flush());
    }
    EXPECT_EQ(1U, *all.forget(table::verdicts, key_of("a@example.org")));
    EXPECT_FALSE(knows("a@example.org"));
    EXPECT_TRUE(knows("a@example.org", role::sender));
    EXPECT_EQ(0U, *all.forget(table::verdicts, key_of("a@example.org")));
    ASSERT_TRUE(shelf_->flush());
    EXPECT_FALSE(knows("a@example.org"));
  }
}

/// Forgets a domain in steps of two records; how many went.
std::uint64_t forget_all(catalogue& in, const domain& of, bool subdomains) {
  std::uint64_t gone = 0;
  for (key_range range : ranges_of(of, subdomains)) {
    while (true) {
      const auto step = in.forget(table::verdicts, range, 2, [](auto, auto) { return true; });
      gone += step->records;
      if (!step->next) break;
      range.from = *step->next;
    }
  }
  return gone;
}

TEST_F(CatalogueTest, ADomainIsForgottenAndItsNeighboursStay) {
  catalogue all(*shelf_, nullptr);
  const std::vector<std::string> stay{"a@example.org.uk", "a@example-b.org", "a@xexample.org",
                                      "a@org", "a@example0.org"};
  for (const auto& one : stay) put(one);
  for (int i = 0; i < 5; ++i) put("a" + std::to_string(i) + "@example.org");
  ASSERT_TRUE(shelf_->flush());
  for (int i = 5; i < 8; ++i) put("a" + std::to_string(i) + "@example.org");
  put("a@mx.example.org");
  put("a@x.mx.example.org");

  EXPECT_EQ(forget_all(all, domain_of("example.org"), false), 8U);
  EXPECT_TRUE(knows("a@mx.example.org"));
  EXPECT_EQ(forget_all(all, domain_of("example.org"), true), 2U);
  EXPECT_EQ(addresses(100).size(), stay.size());
  for (const auto& one : stay) EXPECT_TRUE(knows(one)) << one;
}

TEST_F(CatalogueTest, WhatIsNewerStaysUnlessToldOtherwise) {
  catalogue all(*shelf_, nullptr);
  const std::string key = key_of("a@example.org");
  const auto octets_at = [&](wall_time when) {
    return encode_record(key, sample::remembered_at(when, sample::refused(), 1h, 2h));
  };
  using outcome = catalogue::outcome;
  EXPECT_EQ(*all.put(table::verdicts, key, octets_at(noon), false), outcome::written);
  EXPECT_EQ(*all.put(table::verdicts, key, octets_at(noon), false), outcome::same);
  EXPECT_EQ(*all.put(table::verdicts, key, octets_at(noon - 1s), false), outcome::newer_kept);
  EXPECT_EQ(*all.octets(table::verdicts, key), octets_at(noon));
  EXPECT_EQ(*all.put(table::verdicts, key, octets_at(noon + 1s), false), outcome::written);
  EXPECT_EQ(*all.put(table::verdicts, key, octets_at(noon), true), outcome::written);
  EXPECT_EQ(*all.octets(table::verdicts, key), octets_at(noon));
  ASSERT_TRUE(shelf_->put(table::verdicts, key, "damaged"));
  EXPECT_EQ(*all.put(table::verdicts, key, octets_at(noon), false), outcome::written);
}

TEST_F(CatalogueTest, ForgettingMoreThanTheQueueTakesWaitsForTheDisk) {
  catalogue all(*shelf_, nullptr);
  constexpr int many = 20'000;
  for (int i = 0; i < many; ++i) {
    put(std::to_string(i) + "@example.org");
    if (i % 5000 == 0) {
      ASSERT_TRUE(shelf_->flush());
    }
  }
  ASSERT_TRUE(shelf_->flush());
  key_range range = ranges_of(domain_of("example.org"), false).front();
  std::uint64_t gone = 0;
  while (true) {
    const auto step = all.forget(table::verdicts, range, 1000, [](auto, auto) { return true; });
    ASSERT_TRUE(step);
    gone += step->records;
    EXPECT_LE(shelf_->queued_records(), 17'384U);
    if (!step->next) break;
    range.from = *step->next;
  }
  EXPECT_EQ(gone, static_cast<std::uint64_t>(many));
  EXPECT_TRUE(addresses(1000).empty());
}

TEST_F(CatalogueTest, ABookingIsCancelledInMemoryToo) {
  booking_list bookings(*shelf_, 10);
  catalogue all(*shelf_, &bookings);
  const booking wanted{role::recipient, sample::address("a@example.org"), noon, 1};
  ASSERT_TRUE(bookings.book(wanted));
  EXPECT_EQ(1U, *all.forget(table::bookings, key_of("a@example.org")));
  EXPECT_TRUE(bookings.booked().empty());
  EXPECT_EQ(0U, *all.forget(table::bookings, key_of("a@example.org")));
}

TEST(KeyTextTest, KeysAreReadBack) {
  for (const auto* address : {"bob@example.org", "a@org", "\"a b\"@mx.example.org", "a@[192.0.2.1]",
                              "a@[IPv6:2001:db8::1]", "\"a@b\"@example.org"}) {
    for (const role side : {role::sender, role::recipient}) {
      const auto key = encode_key(side, sample::address(address));
      const auto text = decode_key(key.octets());
      ASSERT_TRUE(text) << address;
      EXPECT_EQ(text->local_part + "@" + text->domain, address);
      EXPECT_EQ(text->role, side);
    }
  }
  for (const std::string& bad : {std::string(), std::string("org"), std::string("\0a\2", 3),
                                 std::string("org\0", 4), std::string("org\0a\3", 6)}) {
    EXPECT_FALSE(decode_key(bad)) << bad;
  }
}

}  // namespace
}  // namespace cbv::cache
