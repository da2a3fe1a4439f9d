// cbvd is killed with SIGKILL, two hundred times in all, while it is asked, starts or stops. What
// it had told to be committed is there after each start, as it was told; the rest may be missing,
// but is never different; and no callout is made for what it knows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "cache/lmdb_store.hpp"
#include "tests/cache/sample.hpp"
#include "tests/e2e/cbvd.hpp"
#include "tests/e2e/far_world.hpp"
#include "tests/e2e/files.hpp"
#include "tests/e2e/ledger.hpp"
#include "tests/e2e/load.hpp"
#include "tests/e2e/loopback.hpp"
#include "tests/e2e/waiting.hpp"
#include "tests/whole_cache.hpp"

namespace cbv::e2e {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr int kills = 25;  // of each test
constexpr std::size_t in_flight = 16;
constexpr auto longest_run = 30s;       // far above what any machine needs
constexpr std::size_t older_ones = 60;  // looked at after each start, besides the recent ones

constexpr auto world = R"(
zone
  example.org.       300  MX  10 mx1.example.org.
  mx1.example.org.   300  A   {host}
  shy.example.       300  MX  10 mx1.shy.example.
  mx1.shy.example.   300  A   {shy_host}

host {host} mx1.example.org
  mailbox u{0-99999}@example.org
  full f{0-99999}@example.org

host {shy_host} mx1.shy.example
  mailbox s{0-99999}@shy.example
  greylist 1s
)";

// Whatever is slow or bounded by default is quick and wide; what is told of one address is soon
// over.
constexpr auto settings = R"(
listen.unix = ["{folder}/socket"]
cache.directory = "{folder}/cache"
cache.lifetimes.unknown_first = "1s"
cache.lifetimes.unknown_memory = "1s"
dns.servers = ["{dns}"]
callout.helo_name = "edge.example.net"
callout.port = {port}
callout.permit_networks = ["127.0.0.0/8"]
callout.catch_all_test = "off"
callout.greylist_retries = ["1s", "1s", "2s", "4s"]
callout.per_host.sessions_per_minute = 100000
callout.per_host.refusals_per_minute = 100000
callout.per_host.refusals_per_session = 1000
callout.per_host.rcpts_per_session = 1000
self_test.at_start = false
)";

constexpr int records_at_first = 1500;
constexpr auto few_records = R"(
cache.size_max = "1MiB"
cache.records_max = 1000
)";

struct crash_case {
  const char* name;
  std::uint64_t seed;
  const char* more_settings;
  bool may_forget;
};

class CrashTest : public testing::TestWithParam<crash_case> {
 protected:
  CrashTest() {
    far_ = std::make_unique<far_world>(
        place_.path(), filled_in(world, {{"host", own_address()}, {"shy_host", own_address()}}));
    if (GetParam().may_forget) fill_over_the_bound();
    daemon_ = std::make_unique<cbvd>(
        place_.path(), std::string(settings) + GetParam().more_settings,
        std::map<std::string, std::string>{{"dns", far_->dns()}, {"port", far_->smtp_port()}});
  }

  void TearDown() override {
    if (HasFailure()) std::cerr << "-- cbvd:\n" << daemon_->log();
  }

  /// So that there is something to remove from the first start on.
  void fill_over_the_bound() const {
    cache::lmdb_store_options options;
    options.environment.directory = place_.path() / "cbvd/cache";
    std::filesystem::create_directory(place_.path() / "cbvd");
    const auto store = cache::lmdb_store::open(options, logger{});
    const auto now =
        std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
    for (int i = 0; i < records_at_first; ++i) {
      const auto who = cache::sample::address("old" + std::to_string(i) + "@example.org");
      (*store)->put(role::recipient, who, cache::sample::refused(), now - 1h);
    }
  }

  int up_to(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }

  load_question next_question() {
    const int kind = up_to(99);
    if (kind < 10) {
      if (std::string known = told_.settled(random_); !known.empty()) return {known, true};
    }
    const std::string number = std::to_string(++last_number_);
    if (kind < 55) return {"u" + number + "@example.org", false};
    if (kind < 85) return {"n" + number + "@example.org", false};
    if (kind < 94) return {"f" + number + "@example.org", false};
    return {"s" + number + "@shy.example", false};
  }

  load client() {
    return load(daemon_->socket(), told_, [this] { return next_question(); });
  }

  /// Half of the kills come just when something was told to be committed, the others after some
  /// answers or at any moment.
  void run_until_some_moment(load& asking) {
    const std::size_t committed = told_.committed_count();
    const int kind = up_to(3);
    const auto some = static_cast<std::size_t>(up_to(30));
    if (kind == 0) return asking.run(in_flight, milliseconds(up_to(150)), [] { return false; });
    asking.run(in_flight, longest_run, [&] {
      return kind == 1 ? told_.told_count() >= some : told_.committed_count() > committed + some;
    });
  }

  /// The moment is to be a random one; nothing depends on how long it takes to come.
  void let_pass(milliseconds most) {
    boost::asio::io_context nothing;
    const auto keep = boost::asio::make_work_guard(nothing);
    nothing.run_for(milliseconds(up_to(static_cast<int>(most.count()))));
  }

  void kill() {
    daemon_->kill();
    told_.ended();
    const temporary_folder copy;
    std::filesystem::create_directory(copy.inside("cache"));
    if (std::filesystem::exists(daemon_->cache() / "data.mdb")) {
      std::filesystem::copy(daemon_->cache() / "data.mdb", copy.inside("cache"));
    }
    ASSERT_EQ(fault_in_cache(copy.inside("cache")), "");
    const auto verified =
        run({CBV_E2E_CBVCTL, "cache", "verify", "--directory", copy.inside("cache")}, copy.path());
    ASSERT_EQ(verified.exit_status, 0) << verified.output << verified.errors;
  }

  void check(load& by, const std::vector<std::string>& addresses) {
    const auto results = by.recall(addresses);
    for (std::size_t i = 0; i < addresses.size(); ++i) {
      ASSERT_EQ(told_.check(addresses[i], results[i]), "") << addresses[i];
    }
  }

  const temporary_directory place_;
  std::mt19937_64 random_{GetParam().seed};
  ledger told_{GetParam().may_forget};
  std::size_t last_number_ = 0;
  std::unique_ptr<far_world> far_;
  std::unique_ptr<cbvd> daemon_;
};

TEST_P(CrashTest, WhatWasCommittedSurvives) {
  for (int i = 0; i < kills; ++i) {
    SCOPED_TRACE("kill " + std::to_string(i));
    {
      load asking = client();
      ASSERT_NO_FATAL_FAILURE(check(asking, told_.to_check(random_, older_ones)));
      run_until_some_moment(asking);
      if (up_to(7) == 0) {
        daemon_->begin_to_stop();
        let_pass(30ms);
      }
      ASSERT_NO_FATAL_FAILURE(kill());
    }
    daemon_->launch();
    while (up_to(4) == 0 && ++i < kills) {
      let_pass(150ms);
      ASSERT_NO_FATAL_FAILURE(kill());
      daemon_->launch();
    }
    daemon_->wait_until_it_listens();
  }

  EXPECT_EQ(far_->end(), 0) << far_->log();
  load asking = client();
  ASSERT_NO_FATAL_FAILURE(check(asking, told_.all()));
  EXPECT_GT(told_.committed_count(), 100U);
  EXPECT_GT(told_.found_count(), told_.committed_count() / 4);
  if (GetParam().may_forget) {
    EXPECT_LT(daemon_->committed_verdicts(), std::size_t{records_at_first})
        << "nothing was removed";
  }
  const std::string log = daemon_->log();
  for (const char* bad : {"cache_record_corrupt", "damaged", "failed", "Sanitizer"}) {
    EXPECT_EQ(lines_with(log, bad), 0U) << bad;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Kills, CrashTest,
    testing::Values(crash_case{"One", 1, "", false}, crash_case{"Two", 2, "", false},
                    crash_case{"Three", 3, "", false}, crash_case{"Four", 4, "", false},
                    crash_case{"Five", 5, "", false}, crash_case{"Six", 6, "", false},
                    crash_case{"WithBounds", 7, few_records, true},
                    crash_case{"WithOtherBounds", 8, few_records, true}),
    [](const auto& of) { return of.param.name; });

}  // namespace
}  // namespace cbv::e2e
