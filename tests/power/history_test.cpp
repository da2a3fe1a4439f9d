// The history is killed at each of its calls that touch its directory, and the power goes at each
// of its syncs: what was added is there as often as it was added, and hours, days and months agree.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "cache/history/history_store.hpp"
#include "tests/cache/history/counted.hpp"
#include "tests/cache/sample.hpp"
#include "tests/power/disk.hpp"
#include "tests/power/recorder.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::power {
namespace {

using namespace std::chrono_literals;
using cache::history_store;
using cache::history_store_options;
using cache::sample::calls;
using cache::sample::noon;

constexpr int rounds = 30;

history_store_options options_in(const std::string& directory) {
  history_store_options options;
  options.directory = directory;
  options.map_octets = 32 << 10;  // it grows
  options.reopen_pause = 0ms;
  options.clock_trust = 0s;
  return options;
}

/// A day and a half at a time: hours become too old on the way.
wall_time time_of(int round) {
  return noon + 36h * round;
}

counters counted_in(int round) {
  std::mt19937_64 random(static_cast<unsigned>(round));
  counters made = cache::sample::anything(random);
  made.recipient.calls = std::uint64_t{1} << static_cast<unsigned>(round);
  return made;
}

rankings met_in(int round) {
  const auto once = std::uint64_t{1} << static_cast<unsigned>(round);
  return {{{"spam.example", once, 0}, {"d" + std::to_string(round) + ".example", 1, 0}}, {}, {}};
}

void play(const std::string& directory, const std::function<void(int)>& committed) {
  std::optional<history_store> store;
  for (int round = 0; round < rounds; ++round) {
    if (round % 10 == 0) {
      store.reset();
      store.emplace(options_in(directory), logger{});
    }
    if (!store->add(time_of(round), counted_in(round), met_in(round))) ::_exit(2);
    committed(round);
    store->look_after(time_of(round) + 24h * 50, time_point{} + 36h * round);
  }
}

/// What is wrong with a directory where the rounds up to `committed` are on the disk and the next
/// one may be. Empty: nothing.
std::string fault_in(const std::string& directory, int committed) {
  std::optional<history_store> store(std::in_place, options_in(directory), logger{});
  const wall_time now = time_of(rounds);
  const history_answer all = store->read({noon - 24h * 60, {}, {}}, now);
  if (!all.trouble.empty()) return all.trouble;
  const history_answer days = store->read({noon - 24h * 60, {}, span::day}, now);
  const history_answer months = store->read({noon - 24h * 60, {}, span::month}, now);
  if (days.sum != all.sum || months.sum != all.sum) return "the sums do not agree";
  for (const history_answer* by : {&days, &months}) {
    std::uint64_t sum = 0;
    for (const counted_period& one : by->periods) sum += one.recipient.calls;
    if (sum != all.sum.recipient.calls) return "the periods do not agree";
  }
  const std::uint64_t met = all.top.domains.empty() ? 0 : all.top.domains.front().count;
  if (met != all.sum.recipient.calls) return "the top lists do not agree";

  counters expected;
  for (int round = 0; round <= committed; ++round) expected += counted_in(round);
  bool is_there = all.sum == expected;
  if (!is_there && committed + 1 < rounds) {
    expected += counted_in(committed + 1);
    is_there = all.sum == expected;
  }
  if (!is_there) return "not what was added: " + std::to_string(all.sum.recipient.calls);

  if (!store->add(now, calls(1))) return "it does not go on: " + store->trouble();
  expected += calls(1);
  store.reset();
  store.emplace(options_in(directory), logger{});
  return store->read({noon - 24h * 60, {}, {}}, now).sum == expected ? ""
                                                                     : "not what was added then";
}

class HistoryTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 0);
  }
};

TEST_F(HistoryTest, KilledAtAnyCallItHasCountedAllOnce) {
  std::size_t kills = 0;
  bool ended = false;
  for (std::size_t call = 1; !ended; ++call) {
    const temporary_folder place;
    const std::string directory = place.inside("cache");
    std::filesystem::create_directories(directory + "/history");
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      ::close(ends[0]);
      die_at(directory + "/history", call);
      play(directory, [&](int) { [[maybe_unused]] auto told = ::write(ends[1], "", 1); });
      ::_exit(0);
    }
    ::close(ends[1]);
    int committed = -1;
    for (char octet = 0; ::read(ends[0], &octet, 1) == 1;) ++committed;
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    ended = WIFEXITED(status);
    if (ended) {
      EXPECT_EQ(WEXITSTATUS(status), 0);
      EXPECT_EQ(committed, rounds - 1);
    } else {
      ASSERT_EQ(WTERMSIG(status), SIGKILL) << "call " << call;
      ++kills;
    }
    ASSERT_EQ(fault_in(directory, committed), "") << "call " << call << ", round " << committed;
  }
  EXPECT_GT(kills, 100U);
  RecordProperty("kills", static_cast<int>(kills));
}

TEST_F(HistoryTest, WhereverThePowerGoesItHasCountedAllOnce) {
  const temporary_folder place;
  const std::string directory = place.inside("cache");
  std::filesystem::create_directories(directory);
  std::vector<event> events;
  {
    recorder writing(directory + "/history");
    play(directory, [&](int round) { writing.mark(static_cast<std::uint64_t>(round)); });
    events = writing.events();
  }

  const std::string found_in = place.inside("found");
  std::mt19937_64 random(20261121);
  std::size_t losses = 0;
  std::string fault;
  int committed = -1;
  disk on;
  const auto lose = [&](const disk& at, std::size_t call) {
    at.lose_power(random, [&](const folder_image& found, const std::string& what) {
      if (!fault.empty()) return;
      ++losses;
      std::filesystem::remove_all(found_in);
      std::filesystem::create_directories(found_in + "/history");
      for (const auto& [name, octets] : found) {
        std::ofstream(found_in + "/history/" + name, std::ios::binary) << octets;
      }
      const std::string wrong = fault_in(found_in, committed);
      if (!wrong.empty()) fault = "call " + std::to_string(call) + ", " + what + " kept: " + wrong;
    });
  };
  for (std::size_t i = 0; i < events.size() && fault.empty(); ++i) {
    if (on.may_lose_at(events[i])) {
      disk meanwhile = on;
      event half = events[i];
      if (std::exchange(half.lasts, false)) meanwhile.apply(half);
      lose(meanwhile, i);
    }
    on.apply(events[i]);
    if (events[i].what == event::kind::mark) committed = static_cast<int>(events[i].offset);
  }
  EXPECT_EQ(fault, "");
  EXPECT_GT(losses, 1000U);
  RecordProperty("losses", static_cast<int>(losses));
}

}  // namespace
}  // namespace cbv::power
