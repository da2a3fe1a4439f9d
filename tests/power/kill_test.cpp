// The store is killed at each of its calls that touch its directory, from its first start on: what
// it had told to be committed is there, whatever it was about.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "tests/power/recorder.hpp"
#include "tests/power/store_history.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::power {
namespace {

struct killed_process {
  int committed = -2;  // what it told last
  int status = 0;      // as waitpid() has it
};

/// Plays the history in a process that is killed at its n-th call. What it tells comes through a
/// pipe, an octet each time, as soon as it is known.
killed_process play_until(const std::string& directory, std::size_t call) {
  int ends[2];
  if (::pipe(ends) != 0) throw std::runtime_error("pipe");
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(ends[0]);
    die_at(directory, call);
    store_history::play(directory,
                        [&](int) { [[maybe_unused]] auto told = ::write(ends[1], "", 1); });
    ::_exit(0);
  }
  ::close(ends[1]);
  killed_process seen;
  char octet = 0;
  while (::read(ends[0], &octet, 1) == 1) ++seen.committed;
  ::close(ends[0]);
  ::waitpid(child, &seen.status, 0);
  return seen;
}

/// Every call of a share of them: the n-th, n + 4-th and so on.
class EveryCallTest : public testing::TestWithParam<std::size_t> {
 protected:
  static void SetUpTestSuite() {
    if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 0);
  }
};

TEST_P(EveryCallTest, KilledThereItLosesNothing) {
  const store_history told;
  std::size_t kills = 0;
  bool ended = false;
  for (std::size_t call = GetParam(); !ended; call += 4) {
    const temporary_folder place;
    const std::string directory = place.inside("cache");
    std::filesystem::create_directory(directory);
    const killed_process seen = play_until(directory, call);
    ended = WIFEXITED(seen.status);
    if (ended) {
      EXPECT_EQ(WEXITSTATUS(seen.status), 0);
      EXPECT_EQ(seen.committed, store_history::rounds - 1);
    } else {
      ASSERT_EQ(WTERMSIG(seen.status), SIGKILL) << "call " << call;
      ++kills;
    }
    ASSERT_EQ(told.fault_in(directory, seen.committed), "")
        << "killed at call " << call << ", round " << seen.committed;
  }
  EXPECT_GT(kills, 50U);
  RecordProperty("kills", static_cast<int>(kills));
}

INSTANTIATE_TEST_SUITE_P(Quarters, EveryCallTest, testing::Values(1, 2, 3, 4));

}  // namespace
}  // namespace cbv::power
