// A cache's file to be damaged: made of some thousands of records over many commits, with deletions
// and long values, so that it has branches, overflow pages and a list of free pages.
#ifndef CBV_TESTS_CACHE_DAMAGE_WORLD_HPP
#define CBV_TESTS_CACHE_DAMAGE_WORLD_HPP

#include <cstdint>
#include <fstream>
#include <mutex>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "cache/file/environment.hpp"
#include "cache/lmdb_store.hpp"
#include "cache/records/record.hpp"
#include "cbv/base/log.hpp"
#include "tests/cache/sample.hpp"

namespace cbv::cache::damage {

/// Keeps what is logged, as "level line".
class captured_log {
 public:
  logger to() {
    return logger(severity::debug, [this](severity level, std::string_view line) {
      const std::lock_guard lock(mutex_);
      lines_.push_back(std::string(to_string(level)) + " " + std::string(line));
    });
  }
  std::vector<std::string> lines(const std::string& start) const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> found;
    for (const auto& line : lines_) {
      if (line.starts_with(start)) found.push_back(line);
    }
    return found;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

inline constexpr int records = 1500;

inline mailbox numbered(int number) {
  return sample::address("user" + std::to_string(number) + "@d" + std::to_string(number % 53) +
                         ".example");
}

/// A verdict that belongs to one address and no other.
inline verdict numbered_verdict(int number) {
  verdict v = sample::refused();
  v.reply->text = "no user " + std::to_string(number) + std::string(number % 90, '.');
  return v;
}

/// Every seventh was removed again.
inline bool is_kept(int number) {
  return number % 7 != 0;
}

inline environment_options in(const std::string& directory) {
  environment_options options;
  options.directory = directory;
  options.map_octets = 1 << 20;
  options.map_octets_max = 64 << 20;
  return options;
}

inline void must(bool holds, const char* what) {
  if (!holds) throw std::runtime_error(what);
}

inline std::string key_of(int number) {
  return std::string(encode_key(role::recipient, numbered(number)).octets());
}

inline std::string record_of(int number) {
  const auto held = sample::remembered_at(sample::noon, numbered_verdict(number),
                                          std::chrono::hours{3}, std::chrono::hours{24});
  return encode_record(key_of(number), held);
}

/// Puts or removes in one commit, in a larger map if need be.
template <class Change>
void commit(environment& where, Change change) {
  while (true) {
    result<void> done{};
    {
      auto writing = where.begin_write();
      must(writing.has_value(), "begin_write");
      done = change(*writing);
      if (done) done = writing->commit();
    }
    if (done) return;
    must(is_map_full(done.error()), done.error().message().c_str());
    must(where.grow().has_value(), "grow");
  }
}

inline std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void write_content(const std::string& path, std::string_view content) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content;
}

/// Makes the file below the directory and returns its octets.
inline std::string make_file(const std::string& directory) {
  auto env = environment::open(in(directory));
  must(env.has_value(), "open");
  for (int first = 0; first < records; first += 150) {
    commit(**env, [first](write_transaction& writing) {
      result<void> done{};
      for (int i = first; i < first + 150 && done; ++i) {
        done = writing.put(table::verdicts, key_of(i), record_of(i));
        if (done && i % 5 == 0) done = writing.put(table::domains, key_of(i), "not a record");
      }
      return done;
    });
  }
  // Long values, later gone again, leave runs of free pages.
  for (const bool put : {true, false}) {
    commit(**env, [put](write_transaction& writing) {
      result<void> done{};
      for (int i = 0; i < 40 && done; ++i) {
        const std::string key = "long" + std::to_string(i);
        if (put) {
          done = writing.put(table::hosts, key,
                             std::string(3000 + 300 * static_cast<std::size_t>(i), 'l'));
        } else if (i % 4 != 0) {
          done = writing.remove(table::hosts, key);
        }
      }
      return done;
    });
  }
  for (int first = 0; first < records; first += 500) {
    commit(**env, [first](write_transaction& writing) {
      result<void> done{};
      for (int i = first; i < first + 500 && done; ++i) {
        if (!is_kept(i)) done = writing.remove(table::verdicts, key_of(i));
      }
      return done;
    });
  }
  env->reset();
  return content_of(directory + "/data.mdb");
}

/// The names of what was set aside.
inline std::vector<std::string> set_aside_in(const std::string& directory) {
  std::vector<std::string> found;
  for (const auto& one : std::filesystem::directory_iterator(directory)) {
    if (one.path().filename().string().starts_with("data.mdb.damaged-")) {
      found.push_back(one.path().string());
    }
  }
  return found;
}

}  // namespace cbv::cache::damage

#endif
