// bench-store: the cache alone, without questions over a socket; prints one line of JSON.
//
//   --do fill       puts N verdicts through the store, in an order that is not that of the keys
//   --do plain      the same keys and values, in the same order and groups, into plain LMDB
//   --do open       opens the store and finds one verdict
//   --do find       finds N verdicts of --among many, in an order that is not that of the keys
//   --directory DIR --records N --among N
//   --group N       records in one synced commit
#include <fcntl.h>
#include <lmdb.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <iostream>
#include <memory>
#include <stdexcept>

#include "cache/lmdb_store.hpp"
#include "tests/bench/arguments.hpp"
#include "tests/bench/events.hpp"

namespace cbv::bench {
namespace {

using namespace cbv::cache;

/// As bench-ask names them with --address u{i}@d{h}.bench.example.
class population {
 public:
  explicit population(std::uint64_t records) : records_(records), hosts_(records / 10 + 1) {}

  mailbox nth(std::uint64_t turn) const {
    const std::uint64_t number = scattered(turn, records_);
    std::string text = "u" + std::to_string(number) + "@d" + std::to_string(number % hosts_);
    auto read = parse_mailbox(text + ".bench.example");
    if (!read) throw std::logic_error(text);
    return *read;
  }

 private:
  std::uint64_t records_;
  std::uint64_t hosts_;
};

wall_time wall_now() {
  return std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
}

verdict accepted_by(const mailbox& address) {
  verdict v;
  v.status = status::deliverable;
  v.reason = reason::accepted;
  v.stage = stage::rcpt;
  v.source = source::callout;
  v.host = "mx1." + address.domain().text();
  v.host_ip = "192.0.2.1";
  v.reply = far_reply{250, "2.1.5", "Recipient ok"};
  v.elapsed = std::chrono::milliseconds{84};
  return v;
}

std::uint64_t octets_of_file(const std::string& directory) {
  return std::filesystem::file_size(directory + "/data.mdb");
}

lmdb_store_options options_of(const arguments& given) {
  lmdb_store_options how;
  how.environment.directory = given.text("directory");
  how.queue.group_records_max = given.number("group", how.queue.group_records_max);
  how.queue.records_max = std::max(how.queue.records_max, 4 * how.queue.group_records_max);
  return how;
}

std::unique_ptr<lmdb_store> open(const arguments& given) {
  const logger log(severity::warning,
                   [](severity, std::string_view line) { std::cerr << line << '\n'; });
  auto store = lmdb_store::open(options_of(given), log);
  if (!store) throw std::runtime_error(store.error().message);
  return *std::move(store);
}

void fill(const arguments& given) {
  const std::uint64_t records = given.number("records", 10'000);
  const population all(records);
  const auto store = open(given);
  const double began = seconds_now();
  // A flush now and then keeps the queue from being full: nothing is to be dropped.
  const std::uint64_t ahead = options_of(given).queue.records_max / 2;
  for (std::uint64_t turn = 0; turn < records; ++turn) {
    const mailbox address = all.nth(turn);
    store->put(role::recipient, address, accepted_by(address), wall_now());
    if (turn % ahead == ahead - 1 && !store->flush()) throw std::runtime_error("not written");
  }
  if (!store->flush()) throw std::runtime_error("not written");
  const double seconds = seconds_now() - began;
  const store_counts counts = store->counts();
  std::cout << R"({"records":)" << counts.records << R"(,"seconds":)" << seconds << R"(,"rate":)"
            << static_cast<double>(records) / seconds << R"(,"file_octets":)" << counts.file_octets
            << R"(,"used_octets":)" << counts.used.octets << R"(,"dropped":)" << counts.dropped
            << "}\n";
}

// --- plain LMDB

void lmdb(int rc, const char* what) {
  if (rc != 0) throw std::runtime_error(std::string(what) + ": " + mdb_strerror(rc));
}

struct env_closer {
  void operator()(MDB_env* env) const noexcept { mdb_env_close(env); }
};

void fill_plain(const arguments& given) {
  const std::uint64_t records = given.number("records", 10'000);
  const std::uint64_t group = given.number("group", 1000);
  const std::string directory = given.text("directory");
  const population all(records);
  MDB_env* made = nullptr;
  lmdb(mdb_env_create(&made), "create");
  const std::unique_ptr<MDB_env, env_closer> env(made);
  lmdb(mdb_env_set_mapsize(made, std::size_t{16} << 30U), "size");
  lmdb(mdb_env_open(made, directory.c_str(), 0, 0640), "open");
  const double began = seconds_now();
  for (std::uint64_t turn = 0; turn < records;) {
    MDB_txn* txn = nullptr;
    MDB_dbi table = 0;
    lmdb(mdb_txn_begin(made, nullptr, 0, &txn), "begin");
    lmdb(mdb_dbi_open(txn, nullptr, 0, &table), "table");
    for (std::uint64_t i = 0; i < group && turn < records; ++i, ++turn) {
      const mailbox address = all.nth(turn);
      const record_key key = encode_key(role::recipient, address);
      const std::string octets =
          encode_record(key.octets(), record{accepted_by(address), 0, std::nullopt});
      MDB_val where{key.octets().size(), const_cast<char*>(key.octets().data())};
      MDB_val what{octets.size(), const_cast<char*>(octets.data())};
      lmdb(mdb_put(txn, table, &where, &what, 0), "put");
    }
    lmdb(mdb_txn_commit(txn), "commit");
  }
  const double seconds = seconds_now() - began;
  std::cout << R"({"records":)" << records << R"(,"seconds":)" << seconds << R"(,"rate":)"
            << static_cast<double>(records) / seconds << R"(,"file_octets":)"
            << octets_of_file(directory) << "}\n";
}

// --- reading

/// Gives the pages of the file back to the disk, so that the next reads come from there.
void chill(const std::string& directory) {
  const int file = checked(::open((directory + "/data.mdb").c_str(), O_RDONLY | O_CLOEXEC), "open");
  ::fsync(file);
  ::posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
  ::close(file);
}

void open_and_find(const arguments& given) {
  if (given.text("cold") == "yes") chill(given.text("directory"));
  const mailbox address = population(given.number("among", 10'000)).nth(4711);
  const wall_time now = wall_now();
  const double began = seconds_now();
  const auto store = open(given);
  const double opened = seconds_now();
  const auto found = store->find(role::recipient, address, now);
  const double ended = seconds_now();
  if (!found || !*found) throw std::runtime_error("not found");
  std::cout << R"({"open_ms":)" << (opened - began) * 1e3 << R"(,"find_ms":)"
            << (ended - opened) * 1e3 << R"(,"all_ms":)" << (ended - began) * 1e3 << "}\n";
}

void find(const arguments& given) {
  const std::uint64_t questions = given.number("records", 100'000);
  const std::uint64_t among = given.number("among", 10'000);
  const population all(among);
  const auto store = open(given);
  std::vector<mailbox> asked;
  asked.reserve(questions);
  // The first of those that were put first; they are anywhere in the tree.
  for (std::uint64_t i = 0; i < questions; ++i) asked.push_back(all.nth(i % among));
  const wall_time now = wall_now();
  std::uint64_t found = 0;
  const double began = seconds_now();
  for (const mailbox& one : asked) {
    const auto held = store->find(role::recipient, one, now);
    if (held && *held) ++found;
  }
  const double seconds = seconds_now() - began;
  if (found != questions) throw std::runtime_error("not all were found");
  std::cout << R"({"found":)" << found << R"(,"seconds":)" << seconds << R"(,"rate":)"
            << static_cast<double>(questions) / seconds << "}\n";
}

void run(const arguments& given) {
  const std::string what = given.text("do");
  if (what == "fill") return fill(given);
  if (what == "plain") return fill_plain(given);
  if (what == "open") return open_and_find(given);
  if (what == "find") return find(given);
  throw std::invalid_argument("--do fill, plain, open or find");
}

}  // namespace
}  // namespace cbv::bench

int main(int count, char** words) {
  try {
    cbv::bench::run(cbv::bench::arguments(count, words));
    return 0;
  } catch (const std::exception& failed) {
    std::cerr << "bench-store: " << failed.what() << '\n';
    return 1;
  }
}
