#include "cache/file/environment.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <lmdb.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "tests/cache/sample.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::cache {
namespace {

using testing::HasSubstr;

environment_options in(const std::string& directory) {
  environment_options options;
  options.directory = directory;
  options.map_octets = 1 << 20;
  options.map_octets_max = 8 << 20;
  return options;
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

result<void> put_one(environment& where, const std::string& key, const std::string& value) {
  auto writing = where.begin_write();
  if (!writing) return writing.error();
  if (auto put = writing->put(table::verdicts, key, value); !put) return put;
  return writing->commit();
}

std::optional<std::string> get_one(environment& where, const std::string& key) {
  auto reading = where.begin_read();
  if (!reading) return std::nullopt;
  const auto found = reading->get(table::verdicts, key);
  if (!found || !*found) return std::nullopt;
  return std::string(**found);
}

/// Opens an LMDB environment by hand and lets `what` write to it.
template <class What>
void by_hand(const std::string& directory, What what) {
  std::filesystem::create_directories(directory);
  MDB_env* env = nullptr;
  MDB_txn* txn = nullptr;
  ASSERT_EQ(mdb_env_create(&env), 0);
  ASSERT_EQ(mdb_env_set_maxdbs(env, 4), 0);
  ASSERT_EQ(mdb_env_open(env, directory.c_str(), 0, 0640), 0);
  ASSERT_EQ(mdb_txn_begin(env, nullptr, 0, &txn), 0);
  what(txn);
  ASSERT_EQ(mdb_txn_commit(txn), 0);
  mdb_env_close(env);
}

void put_by_hand(MDB_txn* txn, const char* table_name, std::string key, std::string value) {
  MDB_dbi where = 0;
  ASSERT_EQ(mdb_dbi_open(txn, table_name, MDB_CREATE, &where), 0);
  MDB_val k{key.size(), key.data()};
  MDB_val v{value.size(), value.data()};
  ASSERT_EQ(mdb_put(txn, where, &k, &v, 0), 0);
}

TEST(EnvironmentTest, MakesItsDirectoryAndRemembersAcrossAClose) {
  const temporary_folder place;
  const std::string directory = place.inside("above/cache");
  {
    auto env = environment::open(in(directory));
    ASSERT_TRUE(env) << env.error().message;
    EXPECT_TRUE((*env)->was_made());
    struct stat status {};
    ASSERT_EQ(::stat(directory.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777 & ~0750u, 0u);
    ASSERT_TRUE(put_one(**env, "key", "value"));
  }
  auto env = environment::open(in(directory));
  ASSERT_TRUE(env) << env.error().message;
  EXPECT_FALSE((*env)->was_made());
  EXPECT_EQ(get_one(**env, "key"), "value");
  EXPECT_EQ(get_one(**env, "other"), std::nullopt);
  EXPECT_GT((*env)->file_octets(), 0u);
}

TEST(EnvironmentTest, ForgetsWhatIsNotCommitted) {
  const temporary_folder place;
  auto env = environment::open(in(place.inside("cache")));
  ASSERT_TRUE(env);
  {
    auto writing = (*env)->begin_write();
    ASSERT_TRUE(writing);
    ASSERT_TRUE(writing->put(table::verdicts, "key", "value"));
  }
  EXPECT_EQ(get_one(**env, "key"), std::nullopt);
}

TEST(EnvironmentTest, GivesAReaderTheSameSnapshotThroughout) {
  const temporary_folder place;
  auto env = environment::open(in(place.inside("cache")));
  ASSERT_TRUE(env);
  ASSERT_TRUE(put_one(**env, "key", "old"));
  auto reading = (*env)->begin_read();
  ASSERT_TRUE(reading);
  ASSERT_TRUE(put_one(**env, "key", "new"));
  EXPECT_EQ(**reading->get(table::verdicts, "key"), "old");
  EXPECT_EQ(get_one(**env, "key"), "new");
  EXPECT_EQ(*reading->count(table::verdicts), 1u);
}

TEST(EnvironmentTest, GrowsTwofoldUpToItsBound) {
  const temporary_folder place;
  auto env = environment::open(in(place.inside("cache")));
  ASSERT_TRUE(env);
  ASSERT_TRUE(put_one(**env, "key", "value"));
  EXPECT_EQ((*env)->map_octets(), 1u << 20);
  for (const unsigned octets : {2u << 20, 4u << 20, 8u << 20}) {
    ASSERT_TRUE((*env)->grow());
    EXPECT_EQ((*env)->map_octets(), octets);
    EXPECT_EQ(get_one(**env, "key"), "value");
  }
  const auto further = (*env)->grow();
  ASSERT_FALSE(further);
  EXPECT_TRUE(is_map_full(further.error()));
  ASSERT_TRUE(put_one(**env, "more", std::string(300, 'm')));
}

TEST(EnvironmentTest, SaysWhenTheMapIsFullAndGoesOnOnceItIsGrown) {
  const temporary_folder place;
  auto env = environment::open(in(place.inside("cache")));
  ASSERT_TRUE(env);
  const std::string big(900'000, 'b');
  ASSERT_TRUE(put_one(**env, "first", big));
  const auto full = put_one(**env, "second", big);
  ASSERT_FALSE(full);
  EXPECT_TRUE(is_map_full(full.error())) << full.error().message();
  ASSERT_TRUE((*env)->grow());
  ASSERT_TRUE(put_one(**env, "second", big));
  EXPECT_EQ(get_one(**env, "first"), big);
}

TEST(EnvironmentTest, OpensAFileThatIsLargerThanTheMapItIsGiven) {
  const temporary_folder place;
  const std::string big(6 << 20, 'b');
  {
    auto options = in(place.inside("cache"));
    options.map_octets = 8 << 20;
    auto env = environment::open(options);
    ASSERT_TRUE(env);
    ASSERT_TRUE(put_one(**env, "big", big));
  }
  auto env = environment::open(in(place.inside("cache")));
  ASSERT_TRUE(env) << env.error().message;
  EXPECT_EQ(get_one(**env, "big"), big);
}

TEST(EnvironmentTest, SweepsInStepsAndGoesOnWhereItStopped) {
  const temporary_folder place;
  auto env = environment::open(in(place.inside("cache")));
  ASSERT_TRUE(env);
  constexpr int records = 500;
  {
    auto writing = (*env)->begin_write();
    ASSERT_TRUE(writing);
    for (int i = 0; i < records; ++i) {
      const char* value = i % 3 == 0 ? "keep" : "go";
      ASSERT_TRUE(writing->put(table::verdicts, std::to_string(1000 + i), value));
    }
    ASSERT_TRUE(writing->commit());
  }
  std::string from;
  int seen = 0;
  int steps = 0;
  while (true) {
    auto writing = (*env)->begin_write();
    ASSERT_TRUE(writing);
    const auto next = writing->sweep(table::verdicts, from, 70,
                                     [&](std::string_view key, std::string_view value) {
                                       EXPECT_EQ(key, std::to_string(1000 + seen));
                                       ++seen;
                                       return value == "go";
                                     });
    ASSERT_TRUE(next);
    ASSERT_TRUE(writing->commit());
    ++steps;
    if (!*next) break;
    from = **next;
  }
  EXPECT_EQ(seen, records);
  EXPECT_EQ(steps, 8);
  for (int i = 0; i < records; ++i) {
    EXPECT_EQ(get_one(**env, std::to_string(1000 + i)).has_value(), i % 3 == 0) << i;
  }
}

TEST(EnvironmentTest, IsNotSharedWithASecondOne) {
  const temporary_folder place;
  const std::string directory = place.inside("cache");
  {
    auto first = environment::open(in(directory));
    ASSERT_TRUE(first);
    auto second = environment::open(in(directory));
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().fault, open_fault::in_use);
    EXPECT_THAT(second.error().message, HasSubstr(directory));
    EXPECT_THAT(second.error().message, HasSubstr("in use by another cbvd"));
    EXPECT_THAT(second.error().message, HasSubstr(std::to_string(::getpid())));
    EXPECT_TRUE(put_one(**first, "key", "value"));
  }
  EXPECT_TRUE(environment::open(in(directory)));
}

TEST(EnvironmentTest, IsNotSharedWithAnotherProcess) {
  const temporary_folder place;
  const std::string directory = place.inside("cache");
  auto held = environment::open(in(directory));
  ASSERT_TRUE(held);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    auto second = environment::open(in(directory));
    ::_exit(!second && second.error().fault == open_fault::in_use ? 7 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(EnvironmentTest, MakesATableThatCameLaterAndWalksIt) {
  const temporary_folder place;
  const std::string directory = place.inside("cache");
  std::filesystem::create_directory(directory);
  by_hand(directory, [](MDB_txn* txn) {
    put_by_hand(txn, "meta", "format", std::string("\1\0\0\0", 4));
    put_by_hand(txn, "verdicts", "key", "value");
  });
  auto env = environment::open(in(directory));
  ASSERT_TRUE(env) << env.error().message;
  EXPECT_FALSE((*env)->was_made());
  EXPECT_EQ(get_one(**env, "key"), "value");
  {
    auto writing = (*env)->begin_write();
    ASSERT_TRUE(writing);
    for (const char* key : {"b", "a", "c"}) {
      ASSERT_TRUE(writing->put(table::bookings, key, "value"));
    }
    ASSERT_TRUE(writing->remove(table::bookings, "c"));
    ASSERT_TRUE(writing->remove(table::bookings, "not there"));
    ASSERT_TRUE(writing->commit());
  }
  std::string keys;
  ASSERT_TRUE((*env)->begin_read()->walk(
      table::bookings, [&keys](std::string_view key, std::string_view) { keys += key; }));
  EXPECT_EQ(keys, "ab");
}

TEST(EnvironmentTest, SaysClearlyWhatItCannotOpen) {
  const temporary_folder place;
  struct row {
    const char* what;
    open_fault fault;
    const char* said;
    void (*prepare)(const std::string& directory);
  };
  const std::vector<row> table{
      {"a file in place of the directory", open_fault::not_a_directory, "not a directory",
       [](const std::string& directory) { write_file(directory, "a file"); }},
      {"a file above the directory", open_fault::not_a_directory, "Not a directory",
       [](const std::string& directory) {
         const auto above = std::filesystem::path(directory).parent_path();
         std::filesystem::remove(above);
         write_file(above.string(), "a file");
       }},
      {"a directory that cannot be made", open_fault::system_error, "cannot make the directory",
       [](const std::string& directory) {
         std::filesystem::create_symlink("nowhere/at/all", directory);
       }},
      {"text in place of the data", open_fault::not_ours,
       "is not a cache of cbvd (it is not an LMDB data file)",
       [](const std::string& directory) {
         std::filesystem::create_directory(directory);
         write_file(directory + "/data.mdb", std::string(8192, 'x'));
       }},
      {"a short file in place of the data", open_fault::not_ours,
       "is not a cache of cbvd (it is not an LMDB data file)",
       [](const std::string& directory) {
         std::filesystem::create_directory(directory);
         write_file(directory + "/data.mdb", "short");
       }},
      {"a directory in place of the data", open_fault::system_error, "data.mdb",
       [](const std::string& directory) {
         std::filesystem::create_directories(directory + "/data.mdb");
       }},
      {"a directory in place of the lock", open_fault::system_error, "cbvd.lock",
       [](const std::string& directory) {
         std::filesystem::create_directories(directory + "/cbvd.lock");
       }},
      {"someone else's environment", open_fault::not_ours, "is not a cache of cbvd",
       [](const std::string& directory) {
         by_hand(directory, [](MDB_txn* txn) {
           put_by_hand(txn, "meta", "a", "b");
           put_by_hand(txn, "theirs", "a", "b");
         });
       }},
      {"someone else's environment without tables", open_fault::not_ours, "is not a cache of cbvd",
       [](const std::string& directory) {
         by_hand(directory, [](MDB_txn* txn) { put_by_hand(txn, nullptr, "meta", "b"); });
       }},
      {"a newer format", open_fault::newer_format, "was written by a newer cbvd (format 2;",
       [](const std::string& directory) {
         by_hand(directory, [](MDB_txn* txn) {
           put_by_hand(txn, "meta", "format", std::string("\2\0\0\0", 4));
           put_by_hand(txn, "verdicts", "a", "b");
         });
       }},
      {"no format", open_fault::damaged, "does not say which format",
       [](const std::string& directory) {
         by_hand(directory, [](MDB_txn* txn) {
           put_by_hand(txn, "meta", "other", "b");
           put_by_hand(txn, "verdicts", "a", "b");
         });
       }},
      {"an odd format", open_fault::damaged, "does not say which format",
       [](const std::string& directory) {
         by_hand(directory, [](MDB_txn* txn) {
           put_by_hand(txn, "meta", "format", "1");
           put_by_hand(txn, "verdicts", "a", "b");
         });
       }},
  };
  int number = 0;
  for (const auto& [what, fault, said, prepare] : table) {
    const std::string above = place.inside(std::to_string(++number));
    std::filesystem::create_directory(above);
    const std::string directory = above + "/cache";
    prepare(directory);
    const auto env = environment::open(in(directory));
    ASSERT_FALSE(env) << what;
    EXPECT_EQ(static_cast<int>(env.error().fault), static_cast<int>(fault))
        << what << ": " << env.error().message;
    EXPECT_THAT(env.error().message, HasSubstr(said)) << what;
    EXPECT_THAT(env.error().message, HasSubstr("the cache in " + directory)) << what;
  }
}

TEST(EnvironmentTest, FreesThePlacesOfReadersThatWereKilled) {
  const temporary_folder place;
  const std::string directory = place.inside("cache");
  const auto env = environment::open(in(directory));
  ASSERT_TRUE(env) << env.error().message;
  ASSERT_TRUE(put_one(**env, "key", "value"));
  EXPECT_EQ((*env)->clear_stale_readers(), 0);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    MDB_env* theirs = nullptr;
    MDB_txn* txn = nullptr;
    const bool reads = mdb_env_create(&theirs) == 0 &&
                       mdb_env_open(theirs, directory.c_str(), MDB_RDONLY, 0640) == 0 &&
                       mdb_txn_begin(theirs, nullptr, MDB_RDONLY, &txn) == 0;
    const char said = reads ? 'y' : 'n';
    if (::write(ends[1], &said, 1) == 1) ::pause();
    ::_exit(1);
  }
  char said = 0;
  EXPECT_EQ(::read(ends[0], &said, 1), 1);
  EXPECT_EQ(said, 'y');
  EXPECT_EQ((*env)->clear_stale_readers(), 0) << "it is still there";
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_EQ((*env)->clear_stale_readers(), 1);
  EXPECT_EQ((*env)->clear_stale_readers(), 0);
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(EnvironmentTest, TellsWhatItsTablesTakeAndThatFreedPagesAreFree) {
  const temporary_folder place;
  const auto env = environment::open(in(place.inside("cache")));
  ASSERT_TRUE(env) << env.error().message;
  const auto used = [&] { return *(*env)->begin_read()->used(); };
  const usage empty = used();
  EXPECT_EQ(empty.of(table::meta).records, 1u);
  EXPECT_EQ(empty.of(table::verdicts).records, 0u);
  EXPECT_EQ(empty.of(table::verdicts).octets, 0u);

  const auto change = [&](const auto& each) {
    auto writing = (*env)->begin_write();
    ASSERT_TRUE(writing);
    for (int i = 0; i < 1000; ++i) each(*writing, "key" + std::to_string(i));
    const auto in_this_transaction = writing->used();
    ASSERT_TRUE(in_this_transaction);
    ASSERT_TRUE(writing->commit());
    EXPECT_EQ(used().of(table::verdicts).records, in_this_transaction->of(table::verdicts).records);
  };
  change([](write_transaction& writing, const std::string& key) {
    ASSERT_TRUE(writing.put(table::verdicts, key, std::string(100, 'x')));
  });
  const usage full = used();
  EXPECT_EQ(full.of(table::verdicts).records, 1000u);
  EXPECT_GT(full.of(table::verdicts).octets, 100'000u);
  EXPECT_GE(full.octets, empty.octets + full.of(table::verdicts).octets);
  EXPECT_LE(full.octets, (*env)->file_octets());

  change([](write_transaction& writing, const std::string& key) {
    ASSERT_TRUE(writing.remove(table::verdicts, key));
  });
  EXPECT_EQ(used().of(table::verdicts).octets, 0u);
  EXPECT_LT(used().octets, full.octets / 2);
  EXPECT_GT((*env)->file_octets(), 100'000u) << "the file does not shrink";
}

TEST(EnvironmentTest, LeavesWhatIsNotOursUntouched) {
  const temporary_folder place;
  const std::string directory = place.inside("cache");
  std::filesystem::create_directory(directory);
  write_file(directory + "/data.mdb", std::string(8192, 'x'));
  ASSERT_FALSE(environment::open(in(directory)));
  std::ifstream file(directory + "/data.mdb", std::ios::binary);
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(file), {}), std::string(8192, 'x'));
}

TEST(EnvironmentTest, SurvivesAFileThatWasCut) {
  const temporary_folder place;
  const std::string directory = place.inside("cache");
  constexpr int records = 2000;
  {
    auto env = environment::open(in(directory));
    ASSERT_TRUE(env);
    auto writing = (*env)->begin_write();
    ASSERT_TRUE(writing);
    for (int i = 0; i < records; ++i) {
      ASSERT_TRUE(writing->put(table::verdicts, std::to_string(i), std::string(100, 'v')));
    }
    ASSERT_TRUE(writing->commit());
  }
  const std::string file = directory + "/data.mdb";
  const auto whole = std::filesystem::file_size(file);
  for (const auto octets : {whole / 2, whole / 4, std::uintmax_t{8192}}) {
    std::filesystem::resize_file(file, octets);
    auto env = environment::open(in(directory));
    if (!env) continue;  // a complaint is fine, a SIGBUS is not
    int right = 0;
    for (int i = 0; i < records; ++i) {
      const auto found = get_one(**env, std::to_string(i));
      EXPECT_EQ(found.value_or(std::string(100, 'v')), std::string(100, 'v'));
      right += found ? 1 : 0;
    }
    EXPECT_LT(right, records);
  }
}

TEST(EnvironmentTest, WaitsForAPlaceWhenThereAreMoreReadersThanPlaces) {
  const temporary_folder place;
  auto options = in(place.inside("cache"));
  options.simultaneous_readers_max = 2;
  auto env = environment::open(options);
  ASSERT_TRUE(env);
  ASSERT_TRUE(put_one(**env, "key", "value"));
  std::vector<std::thread> readers;
  readers.reserve(8);
  std::atomic<int> right{0};
  for (int i = 0; i < 8; ++i) {
    readers.emplace_back([&] {
      for (int j = 0; j < 200; ++j) right += get_one(**env, "key") == "value" ? 1 : 0;
    });
  }
  for (auto& reader : readers) reader.join();
  EXPECT_EQ(right, 8 * 200);
}

}  // namespace
}  // namespace cbv::cache
