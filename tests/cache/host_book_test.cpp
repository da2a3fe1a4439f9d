#include "cache/host_book.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "cache/lmdb_store.hpp"
#include "tests/cache/sample.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using boost::asio::ip::make_address;
using sample::noon;

class HostBookTest : public testing::Test {
 protected:
  void SetUp() override { open(); }
  void open() {
    store_.reset();
    lmdb_store_options how;
    how.environment.directory = place_.inside("cache");
    how.queue.group_delay = 24h;
    auto opened_here = lmdb_store::open(std::move(how), {});
    ASSERT_TRUE(opened_here) << opened_here.error().message;
    store_ = std::move(*opened_here);
  }
  host_memory& hosts() { return store_->hosts(); }

  temporary_folder place_;
  std::unique_ptr<lmdb_store> store_;
  const boost::asio::ip::address host_ = make_address("192.0.2.1");
};

TEST_F(HostBookTest, KnowsWhatWasNotedAtOnceAfterTheCommitAndAfterAReopen) {
  EXPECT_EQ(hosts().facts(host_, noon), host_facts{});
  hosts().note_trouble(host_, host_fault::refused, noon + 5min, "421 later", noon);
  hosts().note_trouble(host_, host_fault::refused, noon + 20min, "421 again", noon + 10min);
  const host_facts noted{std::nullopt,
                         host_trouble{noon, noon + 10min, noon + 20min, 2, "421 again"}};
  EXPECT_EQ(hosts().facts(host_, noon + 10min), noted) << "queued";
  ASSERT_TRUE(store_->flush());
  EXPECT_EQ(hosts().facts(host_, noon + 10min), noted) << "committed";
  open();
  EXPECT_EQ(hosts().facts(host_, noon + 10min), noted) << "reopened";
  EXPECT_EQ(hosts().facts(make_address("192.0.2.2"), noon), host_facts{});
}

TEST_F(HostBookTest, WritesNothingWhereNothingChanges) {
  hosts().note_success(host_, host_fault::unreachable, noon);
  EXPECT_EQ(store_->counts().queued, 0U);
  hosts().note_trouble(host_, host_fault::unreachable, noon + 5min, "no route", noon);
  EXPECT_EQ(store_->counts().queued, 1U);
  ASSERT_TRUE(store_->flush());
  hosts().note_success(host_, host_fault::refused, noon);
  EXPECT_EQ(store_->counts().queued, 0U);
}

TEST_F(HostBookTest, EndsARowWithASuccess) {
  hosts().note_trouble(host_, host_fault::unreachable, noon + 5min, "no route", noon);
  hosts().note_success(host_, host_fault::unreachable, noon + 6min);
  EXPECT_EQ(hosts().facts(host_, noon + 6min), host_facts{});
  hosts().note_trouble(host_, host_fault::unreachable, noon + 15min, "no route", noon + 10min);
  EXPECT_EQ(hosts().facts(host_, noon + 10min).unreachable->in_a_row, 1);
}

TEST_F(HostBookTest, BeginsARowAnewAfterALongSilence) {
  hosts().note_trouble(host_, host_fault::unreachable, noon + 5min, "no route", noon);
  const wall_time later = noon + 5min + 24h;
  hosts().note_trouble(host_, host_fault::unreachable, later + 5min, "no route", later);
  EXPECT_EQ(hosts().facts(host_, later).unreachable->in_a_row, 1);
  EXPECT_EQ(hosts().facts(host_, later).unreachable->since, later);
}

TEST_F(HostBookTest, Forgets) {
  EXPECT_FALSE(hosts().forget(host_));
  hosts().note_trouble(host_, host_fault::unreachable, noon + 5min, "no route", noon);
  ASSERT_TRUE(store_->flush());
  EXPECT_TRUE(hosts().forget(host_));
  EXPECT_EQ(hosts().facts(host_, noon), host_facts{});
  EXPECT_FALSE(hosts().forget(host_));
}

}  // namespace
}  // namespace cbv::cache
