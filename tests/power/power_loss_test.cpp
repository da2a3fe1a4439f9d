// The power goes at every sync of a history of transactions. Whatever part of the writes since has
// come to the disk: the file opens, is whole, and has all that was committed.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "cache/file/environment.hpp"
#include "tests/power/disk.hpp"
#include "tests/power/recorder.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::power {
namespace {

using cache::environment;
using cache::environment_options;
using cache::is_map_full;
using cache::table;

constexpr std::uint64_t seed = 20261121;

/// What a cache has but for `meta`.
using contents = std::map<std::pair<table, std::string>, std::string>;

environment_options small_map_in(const std::string& directory) {
  environment_options options;
  options.directory = directory;
  options.map_octets = 128 << 10;  // it grows a few times
  options.map_octets_max = 16 << 20;
  options.simultaneous_readers_max = 2;
  return options;
}

std::string message_of(const error_code& why) {
  return why.message();
}
std::string message_of(const cache::open_error& why) {
  return why.message;
}

/// The same, if it is none that ends the test.
template <class Result>
Result good(Result made) {
  if (!made) throw std::runtime_error(message_of(made.error()));
  return made;
}

/// A history, and what had to be there after each of its commits.
class history {
 public:
  explicit history(const std::string& directory, deafness to = {})
      : directory_(directory), recorder_(directory, to) {}

  void open() {
    where_ = *good(environment::open(small_map_in(directory_)));
    if (states_.empty()) committed();
  }
  void close() { where_.reset(); }

  /// Puts, changes and takes out records of all tables; the larger ones take pages of their own.
  void write(int transactions) {
    for (int i = 0; i < transactions; ++i) {
      const auto before = now_;
      for (auto over = write_one(); !over; over = write_one()) {
        if (!is_map_full(over.error())) good(over);
        now_ = before;
        good(where_->grow());
        ++grown_;
      }
      committed();
    }
  }

  /// A part of a table goes, as the sweeper takes it.
  void sweep() {
    {
      auto writing = good(where_->begin_write());
      good(writing->sweep(table::verdicts, "", 1000, [&](auto key, auto) {
        const bool doomed = std::hash<std::string_view>{}(key) % 3 == 0;
        if (doomed) now_.erase({table::verdicts, std::string(key)});
        return doomed;
      }));
      good(writing->commit());
    }
    committed();
  }

  void compact() {
    good(where_->compact());
    committed();
  }

  int grown() const { return grown_; }
  const std::vector<contents>& states() const { return states_; }
  std::vector<event> events() const { return recorder_.events(); }

 private:
  std::size_t up_to(std::size_t most) {
    return std::uniform_int_distribution<std::size_t>(0, most)(random_);
  }

  result<void> write_one() {
    auto writing = good(where_->begin_write());
    if (auto done = change(*writing); !done) return done;
    return writing->commit();
  }

  result<void> change(cache::write_transaction& writing) {
    for (std::size_t left = 1 + up_to(12); left > 0; --left) {
      const auto of = cache::tables_of_cache[1 + up_to(cache::tables_of_cache.size() - 2)];
      const std::string key = "org.example.d" + std::to_string(up_to(150));
      if (up_to(4) == 0) {
        now_.erase({of, key});
        if (auto done = writing.remove(of, key); !done) return done;
        continue;
      }
      const std::size_t size = up_to(15) == 0 ? 2000 + up_to(9000) : 10 + up_to(700);
      std::string octets(size, static_cast<char>('a' + up_to(25)));
      if (auto done = writing.put(of, key, octets); !done) return done;
      now_[{of, key}] = std::move(octets);
    }
    return {};
  }

  void committed() {
    recorder_.mark(states_.size());
    states_.push_back(now_);
  }

  std::string directory_;
  recorder recorder_;
  std::mt19937_64 random_{seed};
  std::unique_ptr<environment> where_;
  contents now_;
  std::vector<contents> states_;
  int grown_ = 0;
};

/// What a machine that starts again finds: the files, and whatever there is of lock.mdb.
void lay_out(const folder_image& found, const std::string& directory, std::mt19937_64& random) {
  std::filesystem::remove_all(directory);
  std::filesystem::create_directories(directory);
  const auto write = [&](const std::string& name, const std::string& octets) {
    std::ofstream(directory + "/" + name, std::ios::binary) << octets;
  };
  for (const auto& [name, octets] : found) write(name, octets);
  const auto readers = std::uniform_int_distribution<std::size_t>(0, 3)(random);
  if (readers > 0) {
    std::string octets(readers * 4000, '\0');
    if (readers == 1) {
      for (char& octet : octets) octet = static_cast<char>(random());
    }
    write("lock.mdb", octets);
  }
}

std::string read(environment& where, contents& into) {
  auto reading = where.begin_read();
  if (!reading) return "begin_read: " + reading.error().message();
  for (const auto of : {table::verdicts, table::domains, table::bookings, table::hosts}) {
    const auto walked = reading->walk(of, [&](auto key, auto value) {
      into[{of, std::string(key)}] = std::string(value);
    });
    if (!walked) return "walk: " + walked.error().message();
  }
  return {};
}

/// What is wrong with a directory after a loss of power; `states` are those that it may have.
std::string fault_in(const std::string& directory, const std::vector<const contents*>& states) {
  const std::string more_key = "org.example.more";
  contents found;
  {
    const auto opened = environment::open(small_map_in(directory));
    if (!opened) return opened.error().message;
    environment& where = **opened;
    if (!where.check()) return "check: " + where.fault();
    if (where.pages_lost() > 0) return std::to_string(where.pages_lost()) + " pages are lost";
    if (auto fault = read(where, found); !fault.empty()) return fault;
    bool known = false;
    for (const contents* state : states) known = known || *state == found;
    if (!known) return "not what was committed: " + std::to_string(found.size()) + " records";

    // And it goes on from there.
    auto writing = where.begin_write();
    if (!writing) return "begin_write: " + writing.error().message();
    if (auto done = writing->put(table::verdicts, more_key, "more"); !done) {
      return is_map_full(done.error()) ? "" : "put: " + done.error().message();
    }
    if (auto done = writing->commit(); !done) {
      return is_map_full(done.error()) ? "" : "commit: " + done.error().message();
    }
  }
  found[{table::verdicts, more_key}] = "more";
  const auto opened = environment::open(small_map_in(directory));
  if (!opened) return "once more: " + opened.error().message;
  if (!(*opened)->check()) return "once more: " + (*opened)->fault();
  contents again;
  if (auto fault = read(**opened, again); !fault.empty()) return "once more: " + fault;
  return again == found ? "" : "once more: not what was there";
}

/// The same in a process of its own, which may come to an end of its own.
std::string fault_in_child(const std::string& directory,
                           const std::vector<const contents*>& states) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(STDERR_FILENO);
    ::_exit(fault_in(directory, states).empty() ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? "" : "there is a fault";
}

struct outcome {
  std::size_t losses = 0;  // tried
  std::string fault;       // the first
};

using examiner = std::function<std::string(const std::string& directory,
                                           const std::vector<const contents*>& states)>;

/// Lets the power go wherever something is synced, and at the end; up to the first fault.
outcome lose_power_everywhere(const history& told, const examiner& examine) {
  const temporary_folder place;
  const std::string directory = place.inside("cache");
  const auto& states = told.states();
  const contents empty;
  std::mt19937_64 random(seed);
  outcome so_far;
  disk on;
  std::optional<std::uint64_t> committed;

  const auto lose = [&](const disk& at, std::size_t call) {
    at.lose_power(random, [&](const folder_image& found, const std::string& what) {
      if (!so_far.fault.empty()) return;
      ++so_far.losses;
      lay_out(found, directory, random);
      std::vector<const contents*> allowed;
      allowed.push_back(committed ? &states[*committed] : &empty);
      if (committed && *committed + 1 < states.size()) allowed.push_back(&states[*committed + 1]);
      const std::string fault = examine(directory, allowed);
      if (fault.empty()) return;
      so_far.fault = "call " + std::to_string(call) + ", commit " +
                     (committed ? std::to_string(*committed) : "none") + ", " + what +
                     " kept: " + fault;
    });
  };

  const auto events = told.events();
  for (std::size_t i = 0; i < events.size() && so_far.fault.empty(); ++i) {
    if (on.may_lose_at(events[i])) {
      disk meanwhile = on;
      event half = events[i];
      if (std::exchange(half.lasts, false)) meanwhile.apply(half);
      lose(meanwhile, i);
    }
    on.apply(events[i]);
    if (events[i].what == event::kind::mark) committed = events[i].offset;
  }
  if (so_far.fault.empty()) lose(on, events.size());
  return so_far;
}

class PowerLossTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 0);
  }

  std::string directory() const { return place_.inside("cache"); }

  const temporary_folder place_;
};

TEST_F(PowerLossTest, TheFirstStartLeavesNothingThatDoesNotOpen) {
  history told(directory());
  told.open();
  told.close();
  const outcome seen = lose_power_everywhere(told, fault_in);
  EXPECT_EQ(seen.fault, "");
  EXPECT_GT(seen.losses, 20U);
}

TEST_F(PowerLossTest, WhatWasCommittedIsThereWhileTheMapGrows) {
  history told(directory());
  told.open();
  told.write(25);
  told.close();
  told.open();
  told.write(25);
  told.sweep();
  told.write(10);
  told.close();
  EXPECT_GE(told.grown(), 2);
  const outcome seen = lose_power_everywhere(told, fault_in);
  EXPECT_EQ(seen.fault, "");
  EXPECT_GT(seen.losses, 1000U);
  RecordProperty("losses", static_cast<int>(seen.losses));
}

TEST_F(PowerLossTest, CompactingLosesNothing) {
  history told(directory());
  told.open();
  told.write(12);
  told.sweep();
  told.compact();
  told.write(3);
  told.compact();
  told.close();
  const outcome seen = lose_power_everywhere(told, fault_in);
  EXPECT_EQ(seen.fault, "");
  EXPECT_GT(seen.losses, 300U);
}

// The test itself is put to the test: what would be lost if a sync were left out is found.

TEST_F(PowerLossTest, WithoutTheSyncOfThePagesSomethingWouldBeLost) {
  history told(directory(), {.to_sync = true});
  told.open();
  told.write(4);
  told.close();
  EXPECT_NE(lose_power_everywhere(told, fault_in_child).fault, "");
}

TEST_F(PowerLossTest, WithoutTheSyncOfTheMetaPageSomethingWouldBeLost) {
  history told(directory(), {.to_lasting_writes = true});
  told.open();
  told.write(4);
  told.close();
  EXPECT_NE(lose_power_everywhere(told, fault_in_child).fault, "");
}

TEST_F(PowerLossTest, WithoutTheSyncOfTheDirectorySomethingWouldBeLost) {
  history told(directory(), {.to_sync_directory = true});
  told.open();
  told.write(4);
  told.close();
  EXPECT_NE(lose_power_everywhere(told, fault_in_child).fault, "");
}

}  // namespace
}  // namespace cbv::power
