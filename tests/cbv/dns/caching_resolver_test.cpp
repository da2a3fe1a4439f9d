#include "cbv/dns/caching_resolver.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <list>
#include <memory>
#include <optional>
#include <string>

#include "tests/cbv/dns/scripted_resolver.hpp"
#include "tests/sim/sim_timer.hpp"

namespace cbv::dns {
namespace {

using namespace std::chrono_literals;
using asio::ip::make_address_v4;
using asio::ip::make_address_v6;
using std::chrono::seconds;
using testing::ElementsAre;

using said_mx = answer<mx_record>;

said_mx one_mx(seconds ttl) {
  return {lookup_status::ok, {mx_record{10, "mx.example.org"}}, ttl};
}
said_mx none(lookup_status status, seconds ttl = 0s) {
  return {status, {}, ttl};
}

class CachingResolverTest : public testing::Test {
 protected:
  struct asker {
    asio::cancellation_signal cancel;
    std::optional<said_mx> said;
    std::exception_ptr thrown;
    time_point::duration at{-1};
  };

  caching_resolver& names() {
    if (!names_) names_ = std::make_unique<caching_resolver>(upstream_, time_, options_);
    return *names_;
  }

  // Asks for the MX of example.org and goes on.
  asker& ask(seconds within, const std::string& name = "example.org") {
    asker& mine = askers_.emplace_back();
    asio::co_spawn(io_, names().mx(name, time_.now() + within),
                   asio::bind_cancellation_slot(
                       mine.cancel.slot(), [this, &mine](std::exception_ptr thrown, said_mx said) {
                         mine.thrown = std::move(thrown);
                         if (!mine.thrown) mine.said = std::move(said);
                         mine.at = time_.now() - start_;
                       }));
    io_.restart();
    io_.poll();
    return mine;
  }

  // Asks, and waits as long as the asker does.
  said_mx ask_now(const std::string& name = "example.org") {
    asker& mine = ask(60s, name);
    sim::run_until(io_, time_, time_.now() + 60s, [&] { return mine.said.has_value(); });
    return mine.said.value_or(said_mx{});
  }

  void pass(seconds time) {
    sim::run_until(io_, time_, time_.now() + time, [] { return false; });
  }

  // The upstream's answer to the MX of example.org from now on.
  void let_it_say(said_mx said, seconds after = 0s) {
    upstream_.mx_script["example.org"] = {std::move(said), after};
  }

  std::size_t asked() const { return upstream_.questions.size(); }

  sim::sim_timer time_;
  asio::io_context io_;
  const time_point start_ = time_.now();
  scripted_resolver upstream_{time_};
  caching_options options_;
  std::unique_ptr<caching_resolver> names_;
  std::list<asker> askers_;
};

TEST_F(CachingResolverTest, KeepsAnAnswerForItsTtl) {
  let_it_say(one_mx(300s));
  EXPECT_EQ(ask_now().ttl, 300s);
  pass(299s);
  const said_mx kept = ask_now();
  EXPECT_EQ(kept.status, lookup_status::ok);
  EXPECT_EQ(kept.records, one_mx(0s).records);
  EXPECT_EQ(kept.ttl, 1s);
  EXPECT_EQ(asked(), 1U);
  pass(1s);
  ask_now();
  EXPECT_EQ(asked(), 2U);
  EXPECT_EQ(names().counts().kept, 1U);
  EXPECT_EQ(names().counts().asked, 2U);
}

struct lifetime_case {
  const char* what;
  said_mx said;
  seconds kept;
};

TEST_F(CachingResolverTest, BoundsLifetimes) {
  options_.ttl_min = 10s;
  options_.ttl_max = 1000s;
  options_.negative_ttl_max = 500s;
  options_.trouble_ttl = 2s;
  const lifetime_case cases[] = {
      {"found", one_mx(300s), 300s},
      {"found, too short", one_mx(0s), 10s},
      {"found, too long", one_mx(10000s), 1000s},
      {"no data", none(lookup_status::no_data, 300s), 300s},
      {"no data, too long", none(lookup_status::no_data, 1000s), 500s},
      {"no name, too long", none(lookup_status::nx_domain, 1000s), 500s},
      {"SERVFAIL", none(lookup_status::server_failure), 2s},
      {"REFUSED", none(lookup_status::refused), 2s},
      {"malformed", none(lookup_status::malformed), 2s},
      {"all servers silent", none(lookup_status::timed_out), 2s},
  };
  for (const lifetime_case& one : cases) {
    SCOPED_TRACE(one.what);
    names_.reset();
    upstream_.questions.clear();
    let_it_say(one.said);
    EXPECT_EQ(ask_now().status, one.said.status);
    pass(one.kept - 1s);
    EXPECT_EQ(ask_now().status, one.said.status);
    EXPECT_EQ(asked(), 1U);
    pass(1s);
    ask_now();
    EXPECT_EQ(asked(), 2U);
  }
}

TEST_F(CachingResolverTest, DoesNotKeepWhatHasNoTimeToLive) {
  options_.trouble_ttl = 0s;
  for (const said_mx& said :
       {one_mx(0s), none(lookup_status::no_data), none(lookup_status::nx_domain),
        none(lookup_status::server_failure)}) {
    names_.reset();
    upstream_.questions.clear();
    let_it_say(said);
    ask_now();
    ask_now();
    EXPECT_EQ(asked(), 2U) << to_string(said.status);
    EXPECT_EQ(names().entries(), 0U);
  }
}

TEST_F(CachingResolverTest, KeepsTypesAndNamesApart) {
  let_it_say(one_mx(300s));
  upstream_.a_script["example.org"].said = {
      lookup_status::ok, {make_address_v4("192.0.2.1")}, 300s};
  upstream_.aaaa_script["example.org"].said = {
      lookup_status::ok, {make_address_v6("2001:db8::1")}, 300s};
  upstream_.txt_script["example.org"].said = {lookup_status::ok, {text_data{{"text"}}}, 300s};
  upstream_.ptr_script["example.org"].said = {lookup_status::ok, {name_data{"name"}}, 300s};
  std::optional<answer<asio::ip::address_v4>> v4;
  std::optional<answer<asio::ip::address_v6>> v6;
  std::optional<answer<text_data>> txt;
  std::optional<answer<name_data>> ptr;
  for (int i = 0; i < 2; ++i) {
    ask_now();
    asio::co_spawn(io_, names().a("example.org", time_.now() + 60s),
                   [&](const std::exception_ptr&, auto said) { v4 = said; });
    asio::co_spawn(io_, names().aaaa("example.org", time_.now() + 60s),
                   [&](const std::exception_ptr&, auto said) { v6 = said; });
    asio::co_spawn(io_, names().txt("example.org", time_.now() + 60s),
                   [&](const std::exception_ptr&, auto said) { txt = said; });
    asio::co_spawn(io_, names().ptr("example.org", time_.now() + 60s),
                   [&](const std::exception_ptr&, auto said) { ptr = said; });
    pass(1s);
  }
  EXPECT_EQ(ask_now("other.org").status, lookup_status::nx_domain);
  EXPECT_THAT(v4->records, ElementsAre(make_address_v4("192.0.2.1")));
  EXPECT_THAT(v6->records, ElementsAre(make_address_v6("2001:db8::1")));
  EXPECT_THAT(txt->records, ElementsAre(text_data{{"text"}}));
  EXPECT_THAT(ptr->records, ElementsAre(name_data{"name"}));
  EXPECT_THAT(upstream_.questions,
              ElementsAre("example.org MX", "example.org A", "example.org AAAA", "example.org TXT",
                          "example.org PTR", "other.org MX"));
  EXPECT_EQ(names().entries(), 5U);
}

TEST_F(CachingResolverTest, SaysAtOnceWhatItKnowsAndAsksNobody) {
  upstream_.a_script["example.org"].said = {
      lookup_status::ok, {make_address_v4("192.0.2.1")}, 300s};
  upstream_.aaaa_script["example.org"].said = {lookup_status::no_data, {}, 100s};
  EXPECT_FALSE(names().known_a("example.org"));
  EXPECT_FALSE(names().known_aaaa("example.org"));
  EXPECT_TRUE(upstream_.questions.empty());
  asio::co_spawn(io_, names().a("example.org", time_.now() + 60s), asio::detached);
  asio::co_spawn(io_, names().aaaa("example.org", time_.now() + 60s), asio::detached);
  pass(10s);
  const auto v4 = names().known_a("Example.ORG");
  ASSERT_TRUE(v4);
  EXPECT_THAT(v4->records, ElementsAre(make_address_v4("192.0.2.1")));
  EXPECT_EQ(v4->ttl, 290s);
  EXPECT_EQ(names().known_aaaa("example.org")->status, lookup_status::no_data);
  EXPECT_EQ(names().counts().kept, 2U);
  pass(90s);
  EXPECT_TRUE(names().known_a("example.org"));
  EXPECT_FALSE(names().known_aaaa("example.org"));
}

TEST_F(CachingResolverTest, FoldsCase) {
  let_it_say(one_mx(300s));
  ask_now();
  EXPECT_EQ(ask_now("EXAMPLE.org").status, lookup_status::ok);
  EXPECT_EQ(asked(), 1U);
}

TEST_F(CachingResolverTest, JoinsEqualQuestions) {
  let_it_say(one_mx(300s), 5s);
  for (int i = 0; i < 100; ++i) ask(60s);
  EXPECT_EQ(names().questions_open(), 1U);
  pass(5s);
  EXPECT_EQ(asked(), 1U);
  for (const asker& one : askers_) {
    ASSERT_TRUE(one.said);
    EXPECT_EQ(one.said->status, lookup_status::ok);
  }
  EXPECT_EQ(names().counts().joined, 99U);
  EXPECT_EQ(names().questions_open(), 0U);
}

TEST_F(CachingResolverTest, GivesEachAskerItsOwnDeadline) {
  let_it_say(one_mx(300s), 5s);
  const asker& hasty = ask(2s);
  const asker& patient = ask(60s);
  const asker& hastier = ask(1s);
  pass(10s);
  EXPECT_EQ(hasty.said->status, lookup_status::timed_out);
  EXPECT_EQ(hasty.at, 2s);
  EXPECT_EQ(hastier.said->status, lookup_status::timed_out);
  EXPECT_EQ(hastier.at, 1s);
  EXPECT_EQ(patient.said->status, lookup_status::ok);
  EXPECT_EQ(patient.at, 5s);
  EXPECT_EQ(asked(), 1U);
}

TEST_F(CachingResolverTest, GoesOnWhenAllAskersHaveLeft) {
  let_it_say(one_mx(300s), 5s);
  ask(1s);
  pass(5s);
  EXPECT_EQ(names().entries(), 1U);
  EXPECT_EQ(ask_now().status, lookup_status::ok);
  EXPECT_EQ(asked(), 1U);
}

TEST_F(CachingResolverTest, GoesOnNoLongerThanItsPatience) {
  options_.patience = 15s;
  let_it_say(one_mx(300s), 1000s);
  ask(1s);
  pass(14s);
  EXPECT_EQ(names().questions_open(), 1U);
  pass(1s);
  EXPECT_EQ(names().questions_open(), 0U);
  EXPECT_EQ(names().entries(), 0U) << "not kept: another asker may have more time";
}

TEST_F(CachingResolverTest, AsksOnceMoreForOneWhoHasMoreTime) {
  options_.patience = 10s;
  let_it_say(one_mx(300s), 1000s);
  ask(1s);
  let_it_say(one_mx(300s), 20s);
  const asker& patient = ask(60s);
  EXPECT_EQ(asked(), 1U);
  pass(40s);
  EXPECT_EQ(asked(), 2U);
  ASSERT_TRUE(patient.said);
  EXPECT_EQ(patient.said->status, lookup_status::ok);
  EXPECT_EQ(patient.at, 30s);
}

TEST_F(CachingResolverTest, DoesNotAskOnceMoreWhenUpstreamHasGivenUp) {
  options_.trouble_ttl = 0s;  // so that asking again would be seen
  let_it_say(none(lookup_status::timed_out), 3s);
  ask(1s);
  const asker& patient = ask(60s);
  pass(10s);
  EXPECT_EQ(patient.said->status, lookup_status::timed_out);
  EXPECT_EQ(patient.at, 3s);
  EXPECT_EQ(asked(), 1U);
}

TEST_F(CachingResolverTest, AnswersFromMemoryPastTheDeadline) {
  let_it_say(one_mx(300s));
  ask_now();
  EXPECT_EQ(ask(-1s).said->status, lookup_status::ok);
  EXPECT_EQ(ask(-1s, "other.org").said->status, lookup_status::timed_out);
  EXPECT_EQ(asked(), 1U);
}

TEST_F(CachingResolverTest, IsNotHurtByACancelledAsker) {
  let_it_say(one_mx(300s), 5s);
  asker& first = ask(60s);
  const asker& second = ask(60s);
  pass(1s);
  first.cancel.emit(asio::cancellation_type::terminal);
  pass(0s);
  EXPECT_TRUE(first.thrown);
  EXPECT_FALSE(first.said);
  pass(10s);
  EXPECT_EQ(second.said->status, lookup_status::ok);
  EXPECT_EQ(asked(), 1U);
}

TEST_F(CachingResolverTest, KeepsOnlySoMuch) {
  options_.entries_max = 3;
  for (const std::string name : {"a.org", "b.org", "c.org", "d.org"}) {
    upstream_.mx_script[name].said = one_mx(300s);
    ask_now(name);
  }
  EXPECT_EQ(names().entries(), 3U);
  ask_now("d.org");
  EXPECT_EQ(asked(), 4U);
  ask_now("a.org");
  EXPECT_EQ(asked(), 5U);
}

TEST_F(CachingResolverTest, PassesHugeAnswersOn) {
  options_.records_max = 2;
  said_mx huge = one_mx(300s);
  huge.records.resize(3);
  let_it_say(huge);
  EXPECT_EQ(ask_now().records.size(), 3U);
  EXPECT_EQ(names().entries(), 0U);
  huge.records.resize(2);
  let_it_say(huge);
  ask_now();
  EXPECT_EQ(names().entries(), 1U);
}

TEST_F(CachingResolverTest, MayBeDestroyedWithQuestionsOpen) {
  let_it_say(one_mx(300s), 5s);
  const asker& first = ask(60s);
  const asker& second = ask(60s);
  pass(1s);
  names_.reset();
  pass(0s);
  EXPECT_TRUE(first.thrown && second.thrown);
  EXPECT_EQ(time_.sleepers(), 0U);
  EXPECT_EQ(upstream_.ended, 0);
}

TEST_F(CachingResolverTest, MayBeLeftWithQuestionsOpenAtTheEnd) {
  let_it_say(one_mx(300s), 5s);
  ask(60s);
  EXPECT_EQ(names().questions_open(), 1U);
}

}  // namespace
}  // namespace cbv::dns
