#include "cbv/checks/dns_list_desk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <string>
#include <vector>

#include "tests/cbv/checks/checks_world.hpp"

namespace cbv::checks {
namespace {

using namespace std::chrono_literals;
using dns::listing;
using dns::lookup_status;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class DnsListDeskTest : public testing::Test {
 protected:
  DnsListDeskTest() { add_list("bl.example.net"); }

  void add_list(const std::string& zone) {
    dns_list one;
    one.zone = zone;
    rules_.lists.push_back(one);
    world_.has_address("2.0.0.127." + zone, "127.0.0.2");
  }
  zone_answer ask(const std::string& client = "198.51.100.7") { return ask_all(client).front(); }
  std::vector<zone_answer> ask_all(const std::string& client = "198.51.100.7") {
    world_.names.questions.clear();
    const envelope of = envelope_of(client);
    return world_.run(desk_.gather(of, rules_, world_.deadline())).zones;
  }
  // Nothing else to do, so time passes.
  void pass(std::chrono::milliseconds time) { world_.time.jump(world_.time.now() + time); }

  checks_world world_;
  dns_list_rules rules_;
  dns_list_desk desk_{world_.names, world_.time};
};

constexpr const char* entry = "2.0.0.127.bl.example.net";
constexpr const char* gap = "1.0.0.127.bl.example.net";
constexpr const char* ours = "7.100.51.198.bl.example.net";
constexpr const char* test_entry_v6 =
    "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.bl.example.net";

TEST_F(DnsListDeskTest, BelievesAListWithItsEntryAndItsGap) {
  EXPECT_EQ(ask().said, listing::not_listed);
  EXPECT_THAT(world_.names.questions,
              UnorderedElementsAre(std::string(ours) + " A", std::string(entry) + " A",
                                   std::string(gap) + " A"));
  world_.has_address(ours, "127.0.0.4");
  world_.has_address(ours, "127.0.0.10");
  world_.has_text(ours, "why");
  const zone_answer listed = ask();
  EXPECT_EQ(listed.said, listing::listed);
  EXPECT_EQ(listed.codes.size(), 2U);
  EXPECT_EQ(listed.words, "why");
  EXPECT_THAT(world_.names.questions,
              ElementsAre(std::string(ours) + " A", std::string(ours) + " TXT"));
}

TEST_F(DnsListDeskTest, DoesNotBelieveAnyOther) {
  const struct {
    const char* what;
    std::vector<std::pair<const char*, const char*>> addresses;
    bool has_entry;
    listing said;
  } cases[] = {
      {"lists the whole internet",
       {{gap, "127.0.0.2"}, {ours, "127.0.0.2"}},
       true,
       listing::not_working},
      {"has nothing", {{ours, "127.0.0.2"}}, false, listing::not_working},
      {"names made up by a resolver",
       {{gap, "203.0.113.1"}, {ours, "203.0.113.1"}},
       true,
       listing::not_working},
      {"will not serve",
       {{gap, "127.255.255.254"}, {ours, "127.255.255.254"}},
       true,
       listing::refused},
      {"will not serve any more", {{ours, "127.255.255.255"}}, true, listing::refused},
      {"an answer of elsewhere", {{ours, "203.0.113.1"}}, true, listing::not_working},
  };
  for (const auto& one : cases) {
    checks_world world;
    if (one.has_entry) world.has_address(entry, "127.0.0.2");
    for (const auto& [name, address] : one.addresses) world.has_address(name, address);
    dns_list_desk desk(world.names, world.time);
    const envelope of = envelope_of("198.51.100.7");
    const auto facts = world.run(desk.gather(of, rules_, world.deadline()));
    EXPECT_EQ(facts.zones.front().said, one.said) << one.what;
    EXPECT_THAT(facts.zones.front().codes, IsEmpty()) << one.what;
  }
}

TEST_F(DnsListDeskTest, KnowsEachFamilyByItself) {
  const std::string name =
      "7.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
      "bl.example.net";
  world_.has_address(name, "127.0.0.2");
  EXPECT_EQ(ask("2001:db8::7").said, listing::not_working) << "it has no test entry for IPv6";
  EXPECT_EQ(ask().said, listing::not_listed);
  checks_world with_v6;
  with_v6.has_address(test_entry_v6, "127.0.0.2");
  with_v6.has_address(name, "127.0.0.2");
  dns_list_desk desk(with_v6.names, with_v6.time);
  const envelope of = envelope_of("2001:db8::7");
  EXPECT_EQ(with_v6.run(desk.gather(of, rules_, with_v6.deadline())).zones.front().said,
            listing::listed);
}

TEST_F(DnsListDeskTest, LooksAgainWhenItHasBeenTooLong) {
  ask();
  pass(59min);
  ask();
  EXPECT_THAT(world_.names.questions, ElementsAre(std::string(ours) + " A"));
  pass(2min);
  world_.has_address(gap, "127.0.0.2");  // it was closed, and lists all
  world_.has_address(ours, "127.0.0.2");
  EXPECT_EQ(ask().said, listing::not_working);
  EXPECT_EQ(world_.names.questions.size(), 3U);
  EXPECT_EQ(ask().said, listing::not_working);
  EXPECT_THAT(world_.names.questions, IsEmpty()) << "there is no use in asking";
  pass(6min);
  world_.names.a_script.erase(gap);  // it was mended
  EXPECT_EQ(ask().said, listing::listed);
}

TEST_F(DnsListDeskTest, IsNotHeldUpByADeadListForLong) {
  for (const char* each : {gap, ours}) {
    world_.names.a_script[each].said.status = lookup_status::nx_domain;
  }
  ask();
  for (const char* each : {entry, gap, ours}) world_.names.a_script[each].after = 60s;
  const time_point started = world_.time.now();
  EXPECT_EQ(ask().said, listing::trouble);
  EXPECT_EQ(world_.time.now() - started, patience);
  EXPECT_EQ(ask().said, listing::trouble);  // now it asks whether the list works, too
  EXPECT_EQ(world_.names.questions.size(), 3U);
  EXPECT_EQ(ask().said, listing::trouble);
  EXPECT_THAT(world_.names.questions, IsEmpty());
  pass(31s);
  for (const char* each : {entry, gap, ours}) world_.names.a_script[each].after = 0s;
  EXPECT_EQ(ask().said, listing::not_listed);
}

TEST_F(DnsListDeskTest, AsksAllListsSideBySideAndEachZoneOnce) {
  add_list("other.example.net");
  rules_.lists.push_back(rules_.lists.front());
  for (auto& [name, one] : world_.names.a_script) one.after = 3s;
  const time_point started = world_.time.now();
  const auto zones = ask_all();
  ASSERT_EQ(zones.size(), 2U);
  EXPECT_EQ(zones[0].zone, "bl.example.net");
  EXPECT_EQ(zones[1].zone, "other.example.net");
  EXPECT_EQ(world_.names.questions.size(), 6U);
  EXPECT_EQ(world_.time.now() - started, 3s);
}

TEST_F(DnsListDeskTest, AsksForNoWordsIfNoOneWantsThem) {
  rules_.asks_words = false;
  world_.has_address(ours, "127.0.0.4");
  world_.has_text(ours, "why");
  EXPECT_EQ(ask().words, "");
}

TEST_F(DnsListDeskTest, AsksNothingOfAClientThatIsNotKnown) {
  EXPECT_THAT(ask_all(""), IsEmpty());
  EXPECT_THAT(world_.names.questions, IsEmpty());
}

TEST_F(DnsListDeskTest, PassesCancellationOn) {
  world_.names.a_script[ours].after = 10s;
  bool was_cancelled = false;
  asio::cancellation_signal cancel;
  asio::io_context io;
  const envelope of = envelope_of("198.51.100.7");
  asio::co_spawn(io, desk_.gather(of, rules_, world_.deadline()),
                 asio::bind_cancellation_slot(
                     cancel.slot(), [&](const std::exception_ptr& thrown, const dns_list_facts&) {
                       was_cancelled = thrown != nullptr;
                     }));
  io.poll();
  cancel.emit(asio::cancellation_type::terminal);
  io.restart();
  io.run();
  EXPECT_TRUE(was_cancelled);
}

}  // namespace
}  // namespace cbv::checks
