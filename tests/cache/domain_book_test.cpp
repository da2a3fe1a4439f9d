#include "cache/domain_book.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "cache/lmdb_store.hpp"
#include "tests/cache/sample.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using sample::noon;

class DomainBookTest : public testing::Test {
 protected:
  lmdb_store_options options() const {
    lmdb_store_options made;
    made.environment.directory = place_.inside("cache");
    made.queue.group_delay = 24h;
    return made;
  }
  std::unique_ptr<lmdb_store> open(lmdb_store_options how) {
    auto store = lmdb_store::open(std::move(how), {});
    EXPECT_TRUE(store) << store.error().message;
    return store ? std::move(*store) : nullptr;
  }
  std::unique_ptr<lmdb_store> open() { return open(options()); }

  temporary_folder place_;
  const domain domain_ = *domain::parse("example.org");
};

TEST_F(DomainBookTest, KnowsWhatWasNotedAtOnceAfterTheCommitAndAfterAReopen) {
  auto store = open();
  const domain_facts noted{true, catch_all::yes};
  EXPECT_EQ(store->domains().facts(role::sender, domain_, noon), domain_facts{});
  EXPECT_TRUE(store->domains().is_catch_all_test_due(role::sender, domain_, noon));
  store->domains().note_null_sender(role::sender, domain_, true, noon);
  store->domains().note_catch_all(role::sender, domain_, catch_all::yes, noon);
  EXPECT_EQ(store->domains().facts(role::sender, domain_, noon), noted) << "queued";
  ASSERT_TRUE(store->flush());
  EXPECT_EQ(store->domains().facts(role::sender, domain_, noon), noted) << "committed";
  store.reset();
  store = open();
  EXPECT_EQ(store->domains().facts(role::sender, domain_, noon), noted) << "reopened";
  EXPECT_FALSE(store->domains().is_catch_all_test_due(role::sender, domain_, noon));
}

TEST_F(DomainBookTest, KeepsRolesAndDomainsApart) {
  auto store = open();
  store->domains().note_null_sender(role::sender, domain_, true, noon);
  EXPECT_EQ(store->domains().facts(role::recipient, domain_, noon), domain_facts{});
  EXPECT_EQ(store->domains().facts(role::sender, *domain::parse("mx.example.org"), noon),
            domain_facts{});
}

TEST_F(DomainBookTest, WritesNothingWhereNothingChanges) {
  auto store = open();
  store->domains().note_null_sender(role::sender, domain_, false, noon);
  EXPECT_EQ(store->counts().queued, 0U);
  store->domains().note_null_sender(role::sender, domain_, true, noon);
  EXPECT_EQ(store->counts().queued, 1U);
}

TEST_F(DomainBookTest, ForgetsARefusalOnceTheNullSenderIsTaken) {
  auto store = open();
  store->domains().note_null_sender(role::sender, domain_, true, noon);
  ASSERT_TRUE(store->flush());
  store->domains().note_null_sender(role::sender, domain_, false, noon + 1s);
  EXPECT_EQ(store->domains().facts(role::sender, domain_, noon + 1s), domain_facts{});
  ASSERT_TRUE(store->flush());
  EXPECT_EQ(store->domains().facts(role::sender, domain_, noon + 1s), domain_facts{});
}

TEST_F(DomainBookTest, ForgetsADomainInBothRoles) {
  auto store = open();
  for (const role side : {role::sender, role::recipient}) {
    store->domains().note_null_sender(side, domain_, true, noon);
  }
  ASSERT_TRUE(store->flush());
  store->domains().forget(domain_);
  for (const char* when : {"queued", "committed", "reopened"}) {
    for (const role side : {role::sender, role::recipient}) {
      EXPECT_EQ(store->domains().facts(side, domain_, noon), domain_facts{}) << when;
    }
    ASSERT_TRUE(store->flush());
    if (std::string(when) == "committed") {
      store.reset();
      store = open();
    }
  }
}

TEST_F(DomainBookTest, LeavesTheVerdictsAlone) {
  auto store = open();
  const mailbox bob = sample::address("bob@example.org");
  store->put(role::sender, bob, sample::refused(), noon);
  store->domains().note_catch_all(role::sender, domain_, catch_all::no, noon);
  store->domains().forget(domain_);
  ASSERT_TRUE(store->flush());
  EXPECT_EQ(store->counts().records, 1U);
  EXPECT_TRUE(*store->find(role::sender, bob, noon));
}

TEST_F(DomainBookTest, KnowsNothingWhereTheRecordIsDamaged) {
  const record_key key = encode_domain_key(role::sender, domain_);
  {
    auto where = environment::open(options().environment);
    ASSERT_TRUE(where);
    auto writing = (*where)->begin_write();
    ASSERT_TRUE(writing);
    ASSERT_TRUE(writing->put(table::domains, key.octets(), "odd octets"));
    ASSERT_TRUE(writing->commit());
  }
  auto store = open();
  EXPECT_EQ(store->domains().facts(role::sender, domain_, noon), domain_facts{});
  EXPECT_TRUE(store->domains().is_catch_all_test_due(role::sender, domain_, noon));
  EXPECT_EQ(store->counts().corrupt, 2U);
  store->domains().note_catch_all(role::sender, domain_, catch_all::no, noon);
  EXPECT_EQ(store->domains().facts(role::sender, domain_, noon).catch_all, catch_all::no);
}

TEST_F(DomainBookTest, SweepsWhatIsForgotten) {
  auto how = options();
  how.sweep_pause = 0ms;
  how.sweeping.clock_trust = 0s;
  auto store = open(how);
  store->domains().note_catch_all(role::sender, domain_, catch_all::no, noon);
  ASSERT_TRUE(store->flush());
  store->put(role::recipient, sample::address("bob@example.org"), sample::refused(),
             noon + 7 * 24h);
  ASSERT_TRUE(store->flush());
  while (store->counts().swept < 1) std::this_thread::yield();
}

}  // namespace
}  // namespace cbv::cache
