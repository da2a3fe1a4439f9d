// What a look-up takes from the heap: the strings of the verdict that it returns, and nothing else.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include "cache/lmdb_store.hpp"
#include "cbv/counting/tally.hpp"
#include "tests/cache/sample.hpp"
#include "tests/temporary_folder.hpp"

namespace {

thread_local std::uint64_t allocations = 0;

void* counted(std::size_t octets) {
  ++allocations;
  if (void* made = std::malloc(octets == 0 ? 1 : octets)) return made;
  throw std::bad_alloc();
}

}  // namespace

// Those for arrays come to these. AddressSanitizer has one of its own that does not throw.
void* operator new(std::size_t octets) {
  return counted(octets);
}
void* operator new(std::size_t octets, const std::nothrow_t&) noexcept {
  ++allocations;
  return std::malloc(octets == 0 ? 1 : octets);
}
void operator delete(void* one) noexcept {
  std::free(one);
}
void operator delete(void* one, std::size_t) noexcept {
  std::free(one);
}

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using sample::noon;

/// How many of its strings are too long to stand inside.
std::uint64_t long_strings_in(const verdict& v) {
  std::vector<std::string> all{v.host, v.host_ip, v.detail};
  if (v.reply) {
    all.push_back(v.reply->enhanced);
    all.push_back(v.reply->text);
  }
  std::uint64_t found = 0;
  for (const std::string& one : all) found += one.size() > std::string().capacity() ? 1 : 0;
  return found;
}

TEST(HitAllocationsTest, AreTheStringsOfTheVerdictAndNothingElse) {
  const temporary_folder place;
  lmdb_store_options how;
  how.environment.directory = place.inside("cache");
  auto store = lmdb_store::open(how, {});
  ASSERT_TRUE(store);

  verdict wordy = sample::refused();
  wordy.host = "inbound-smtp.eu-central-1.mail.example.org";
  wordy.reply->text = std::string(400, 'x');
  verdict detailed = sample::timed_out();
  detailed.detail = "no answer within thirty seconds";
  struct row {
    const char* what;
    const char* address;
    verdict made;
  };
  const std::vector<row> table{
      {"short", "bob@example.org", sample::accepted()},
      {"wordy", "Somebody.With.A.Long.Name+and-detail@MX.Long.Domain.Name.example.org", wordy},
      {"unknown", "ann@example.org", detailed},
  };
  for (const auto& [what, text, made] : table) {
    const mailbox address = sample::address(text);
    (*store)->put(role::recipient, address, made, noon);
    ASSERT_TRUE((*store)->flush());
    // The first read of a place makes its transaction.
    ASSERT_TRUE((*store)->find(role::recipient, address, noon));
    const std::uint64_t before = allocations;
    const auto found = (*store)->find(role::recipient, address, noon);
    const std::uint64_t taken = allocations - before;
    ASSERT_TRUE(found && *found) << what;
    EXPECT_EQ(taken, long_strings_in((*found)->verdict)) << what;
  }
  const mailbox never_seen = sample::address("nobody.that.was.ever.seen@example.org");
  const std::uint64_t before = allocations;
  const auto found = (*store)->find(role::recipient, never_seen, noon);
  EXPECT_EQ(allocations, before) << "a miss";
  EXPECT_TRUE(found && !*found);
}

TEST(HitAllocationsTest, CountingTakesNothing) {
  tally counted;
  std::vector<std::string> names;
  for (int i = 0; i < 3'000; ++i)  // more than there is room for
    names.push_back("a-domain-with-a-long-name" + std::to_string(i) + ".example.org");
  const std::uint64_t before = allocations;
  for (const std::string& name : names) {
    counted.note_undeliverable(name);
    counted.note_refusal_by(name);
    counted.note_misdeed_of("2001:db8:1234:5678:9abc:def0:1234:5678");
    counted.note_decision(3, action::reject);
    counted.sums.hits.add(std::chrono::microseconds(3));
    ++counted.sums.sender.calls;
  }
  EXPECT_EQ(allocations, before);
  EXPECT_EQ(counted.take_rankings().domains.size(), ranked_at_once);
}

}  // namespace
}  // namespace cbv::cache
