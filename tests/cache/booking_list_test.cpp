#include "cache/booking_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "cache/lmdb_store.hpp"
#include "cache/records/booking_record.hpp"
#include "tests/cache/sample.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::cache {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;
using sample::noon;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

booking of(const std::string& address, role side = role::sender, wall_time due = noon,
           std::uint8_t tries = 0) {
  return {side, sample::address(address), due, tries};
}

TEST(BookingRecordTest, ComesBackAsItWas) {
  const std::string longest = std::string(64, 'l') + "@" + std::string(60, 'd') + "." +
                              std::string(60, 'd') + "." + std::string(60, 'd');
  for (const booking& held :
       {of("bob@example.org"), of("Bob.Smith+X@example.org", role::recipient, noon + 6min, 3),
        of("\"a b\"@[192.0.2.1]", role::sender, noon, 255), of(longest)}) {
    const record_key key = encode_key(held.role, held.address);
    const auto back = decode_booking(key.octets(), encode_booking(key.octets(), held));
    ASSERT_TRUE(back) << to_string(held.address);
    EXPECT_EQ(*back, held);
  }
}

TEST(BookingRecordTest, IsNeverBelievedChangedCutOrUnderAnotherKey) {
  const booking held = of("bob@example.org");
  const record_key key = encode_key(held.role, held.address);
  const std::string octets = encode_booking(key.octets(), held);
  for (std::size_t bit = 0; bit < octets.size() * 8; ++bit) {
    std::string odd = octets;
    odd[bit / 8] = static_cast<char>(odd[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(decode_booking(key.octets(), odd)) << "bit " << bit;
  }
  for (std::size_t length = 0; length < octets.size(); ++length) {
    EXPECT_FALSE(decode_booking(key.octets(), octets.substr(0, length)));
  }
  const std::string other = "org.example\0rob\1"s;
  EXPECT_FALSE(decode_booking(other, octets));
  EXPECT_FALSE(decode_booking(other, encode_booking(other, held))) << "signed, but not its own key";
}

class BookingListTest : public testing::Test {
 protected:
  lmdb_store_options options() const {
    lmdb_store_options made;
    made.environment.directory = place_.inside("cache");
    made.queue.group_delay = 24h;
    return made;
  }
  void open(lmdb_store_options how) {
    store_.reset();
    auto opened_here = lmdb_store::open(std::move(how), {});
    ASSERT_TRUE(opened_here) << opened_here.error().message;
    store_ = std::move(*opened_here);
  }
  void open() { open(options()); }
  booking_book& book() { return store_->bookings(); }

  temporary_folder place_;
  std::unique_ptr<lmdb_store> store_;
};

TEST_F(BookingListTest, KeepsWhatIsBookedOverARestart) {
  open();
  EXPECT_THAT(book().booked(), IsEmpty());
  const booking bob = of("Bob@example.org", role::sender, noon + 6min, 0);
  const booking ann = of("ann@example.org", role::recipient, noon + 16min, 1);
  EXPECT_TRUE(book().book(bob));
  EXPECT_TRUE(book().book(ann));
  EXPECT_THAT(book().booked(), UnorderedElementsAre(bob, ann)) << "queued";
  open();
  EXPECT_THAT(book().booked(), UnorderedElementsAre(bob, ann)) << "reopened";
  book().cancel(role::sender, sample::address("bob@Example.org"));
  book().cancel(role::sender, sample::address("ann@example.org"));
  EXPECT_THAT(book().booked(), ElementsAre(ann));
  open();
  EXPECT_THAT(book().booked(), ElementsAre(ann));
}

TEST_F(BookingListTest, MovesABookingOfTheSameMailbox) {
  open();
  EXPECT_TRUE(book().book(of("bob@example.org")));
  const booking later = of("BOB@example.org", role::sender, noon + 1h, 2);
  EXPECT_TRUE(book().book(later));
  EXPECT_THAT(book().booked(), ElementsAre(later));
  open();
  EXPECT_THAT(book().booked(), ElementsAre(later));
}

TEST_F(BookingListTest, BooksNoMoreThanItsBound) {
  auto how = options();
  how.bookings_max = 2;
  open(how);
  const booking a = of("a@example.org");
  const booking b = of("b@example.org");
  const booking c = of("c@example.org");
  EXPECT_TRUE(book().book(a));
  EXPECT_TRUE(book().book(b));
  EXPECT_FALSE(book().book(c));
  EXPECT_TRUE(book().book(of("a@example.org", role::sender, noon + 1h))) << "it is moved";
  EXPECT_EQ(book().booked().size(), 2U);
  book().cancel(role::sender, a.address);
  EXPECT_TRUE(book().book(c));
  EXPECT_THAT(book().booked(), UnorderedElementsAre(b, c));

  how.bookings_max = 1;
  open(how);
  EXPECT_THAT(book().booked(), ElementsAre(b));
  open();
  EXPECT_THAT(book().booked(), ElementsAre(b)) << "what was over the bound is gone";
}

TEST_F(BookingListTest, TakesOverWhatIsBroughtAtOnce) {
  auto how = options();
  how.bookings_max = 2;
  open(how);
  const booking mine = of("a@example.org", role::sender, noon, 1);
  EXPECT_TRUE(book().book(mine));
  EXPECT_THAT(store_->take_brought_bookings(), IsEmpty());
  catalogue all = store_->all();
  const auto bring = [&](const booking& wanted, bool overwrite = false) {
    const record_key key = encode_key(wanted.role, wanted.address);
    return *all.put(table::bookings, key.octets(), encode_booking(key.octets(), wanted), overwrite);
  };
  using outcome = catalogue::outcome;
  const booking theirs = of("b@example.org", role::recipient, noon + 1h, 2);
  EXPECT_EQ(bring(theirs), outcome::written);
  EXPECT_EQ(bring(theirs), outcome::same);
  EXPECT_EQ(bring(of("c@example.org")), outcome::too_many);
  EXPECT_EQ(bring(of("a@example.org", role::sender, noon - 1h)), outcome::newer_kept);
  EXPECT_THAT(book().booked(), UnorderedElementsAre(mine, theirs));
  EXPECT_THAT(store_->take_brought_bookings(), ElementsAre(theirs));
  EXPECT_THAT(store_->take_brought_bookings(), IsEmpty()) << "told once";

  const booking earlier = of("A@example.org", role::sender, noon - 1h);
  EXPECT_EQ(bring(earlier, true), outcome::written);
  EXPECT_EQ(bring(of("b@example.org", role::recipient, noon + 2h)), outcome::written);
  book().cancel(role::recipient, theirs.address);
  EXPECT_THAT(store_->take_brought_bookings(), ElementsAre(earlier)) << "as it is booked now";
  open(how);
  EXPECT_THAT(book().booked(), ElementsAre(earlier));
}

TEST_F(BookingListTest, RemovesWhatIsDamaged) {
  {
    auto where = environment::open(options().environment);
    ASSERT_TRUE(where);
    auto writing = (*where)->begin_write();
    ASSERT_TRUE(writing);
    ASSERT_TRUE(writing->put(table::bookings, "org.example\0bob\1"s, "odd octets"));
    ASSERT_TRUE(writing->commit());
  }
  open();
  EXPECT_THAT(book().booked(), IsEmpty());
  EXPECT_EQ(store_->counts().corrupt, 1U);
  open();
  EXPECT_EQ(store_->counts().corrupt, 0U);
}

TEST_F(BookingListTest, LeavesTheVerdictOfTheMailboxAlone) {
  open();
  const mailbox bob = sample::address("bob@example.org");
  store_->put(role::sender, bob, sample::refused(), noon);
  EXPECT_TRUE(book().book(of("bob@example.org")));
  ASSERT_TRUE(store_->flush());
  book().cancel(role::sender, bob);
  ASSERT_TRUE(store_->flush());
  EXPECT_TRUE(*store_->find(role::sender, bob, noon));
}

}  // namespace
}  // namespace cbv::cache
