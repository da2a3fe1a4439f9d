#include "tests/power/store_history.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "tests/cache/sample.hpp"
#include "tests/temporary_folder.hpp"
#include "tests/whole_cache.hpp"

namespace cbv::power {
namespace {

using namespace std::chrono_literals;
using cache::lmdb_store;
using cache::lmdb_store_options;

constexpr std::size_t puts_in_round = 12;
constexpr int compaction_every = 8;  // rounds

lmdb_store_options options_in(const std::string& directory) {
  lmdb_store_options options;
  options.environment.directory = directory;
  options.environment.map_octets = 64 << 10;  // it grows
  options.environment.map_octets_max = 16 << 20;
  options.environment.simultaneous_readers_max = 4;
  options.times.undeliverable_refresh = 30min;
  options.times.undeliverable_expire = 60min;
  options.times.unknown_memory = 20min;
  options.sweeping.step_records_max = 10;
  options.sweeping.clock_trust = 0s;
  options.sweep_pause = 0ms;
  return options;
}

wall_time time_of(int round) {
  return cache::sample::noon + 10min * round;
}

std::unique_ptr<lmdb_store> open_in(const std::string& directory) {
  auto opened = lmdb_store::open(options_in(directory), logger{});
  if (!opened) throw std::runtime_error(opened.error().message);
  return std::move(*opened);
}

verdict verdict_of(int kind, const std::string& words) {
  verdict made = kind < 3   ? cache::sample::accepted()
                 : kind < 5 ? cache::sample::refused()
                            : cache::sample::timed_out();
  made.detail = words + std::string(400, 'x');
  return made;
}

}  // namespace

/// Plays; and, for the first time, writes down what is told.
class store_history::player {
 public:
  explicit player(lmdb_store& on) : on_(on) {}

  void play_round(int round) {
    const wall_time now = time_of(round);
    for (std::size_t i = 0; i < puts_in_round; ++i) {
      const mailbox who = someone();
      const auto made = verdict_of(up_to(6), "round " + std::to_string(round));
      on_.put(role::recipient, who, made, now);
      note_verdict(round, who);
    }
    for (int i = 0; i < 2; ++i) {
      const booking wanted{role::recipient, someone(), now + 6min,
                           static_cast<std::uint8_t>(round)};
      on_.bookings().book(wanted);
      note_booking(round, wanted.address, wanted);
      const mailbox who = someone();
      on_.bookings().cancel(role::recipient, who);
      note_booking(round, who, std::nullopt);
    }
    const mailbox who = someone();
    on_.domains().note_catch_all(role::recipient, who.domain(), catch_all::no, now);
    on_.hosts().note_trouble(boost::asio::ip::make_address("192.0.2.1"), host_fault::unreachable,
                             now + 5min, "connection refused", now);
    if (round % compaction_every == compaction_every - 1 && !on_.compact()) {
      throw std::runtime_error("not compacted");
    }
    if (!on_.flush()) throw std::runtime_error("not committed");
  }

  void write_down_in(std::map<std::string, history_of>& all) { all_ = &all; }

 private:
  int up_to(int most) { return std::uniform_int_distribution<int>(0, most)(random_); }

  mailbox someone() {
    return cache::sample::address("user" + std::to_string(up_to(79)) + "@d" +
                                  std::to_string(up_to(1)) + ".example");
  }

  history_of& written_of(const mailbox& who) {
    return all_->try_emplace(cache_key(who), history_of{who, {}, {}}).first->second;
  }

  void note_verdict(int round, const mailbox& who) {
    if (all_ == nullptr) return;
    const auto found = on_.find(role::recipient, who, time_of(round));
    if (!found || !*found) throw std::runtime_error("what was put is not found");
    written_of(who).verdicts.push_back({round, time_of(round), (*found)->verdict});
  }

  void note_booking(int round, const mailbox& who, std::optional<booking> held) {
    if (all_ != nullptr) written_of(who).bookings.push_back({round, std::move(held)});
  }

  lmdb_store& on_;
  std::mt19937_64 random_{20261121};
  std::map<std::string, history_of>* all_ = nullptr;
};

void store_history::play(const std::string& directory, const std::function<void(int)>& committed) {
  const auto store = open_in(directory);
  if (!store->flush()) throw std::runtime_error("the first start failed");
  committed(-1);
  player playing(*store);
  for (int round = 0; round < rounds; ++round) {
    playing.play_round(round);
    committed(round);
  }
}

store_history::store_history() {
  const temporary_folder place;
  const auto store = open_in(place.inside("cache"));
  const auto map_octets = store->counts().map_octets;
  player playing(*store);
  playing.write_down_in(all_);
  for (int round = 0; round < rounds; ++round) playing.play_round(round);
  const auto counts = store->counts();
  if (counts.swept == 0) throw std::runtime_error("nothing was swept");
  if (counts.map_octets == map_octets) throw std::runtime_error("the map has not grown");
}

std::string store_history::fault_of(lmdb_store& store, const history_of& one, int committed) const {
  bool may_be_missing = true;
  bool is_found = false;
  for (std::size_t i = 0; i < one.verdicts.size(); ++i) {
    const version& held = one.verdicts[i];
    const bool is_replaced = i + 1 < one.verdicts.size() && one.verdicts[i + 1].round <= committed;
    if (is_replaced) continue;
    if (held.round <= committed) may_be_missing = held.told.expires_at <= time_of(rounds);
    const auto found = store.find(role::recipient, one.address, held.at);
    if (!found) return "error: " + found.error().message();
    is_found = is_found || *found;
    if (*found && (*found)->verdict == held.told) return {};
  }
  if (is_found) return "not what was told";
  return may_be_missing ? "" : "missing";
}

std::string store_history::fault_of_booking(const std::vector<booking>& booked,
                                            const history_of& one, int committed) {
  const auto found = std::find_if(booked.begin(), booked.end(), [&](const booking& held) {
    return cache_key(held.address) == cache_key(one.address);
  });
  const std::optional<booking> now = found == booked.end() ? std::nullopt : std::optional(*found);
  bool may_be_missing = true;
  for (std::size_t i = 0; i < one.bookings.size(); ++i) {
    const booking_version& held = one.bookings[i];
    if (i + 1 < one.bookings.size() && one.bookings[i + 1].round <= committed) continue;
    if (held.held == now) return {};
    if (held.round <= committed) may_be_missing = false;
  }
  return !now && may_be_missing ? "" : "a booking is not as it was";
}

std::string store_history::fault_in(const std::string& directory, int committed) const {
  std::filesystem::create_directories(directory);
  if (std::string fault = fault_in_cache(directory); !fault.empty()) return fault;
  {
    const auto store = open_in(directory);
    if (std::string trouble = store->trouble(); !trouble.empty()) return trouble;
    const auto booked = store->bookings().booked();
    for (const auto& [key, one] : all_) {
      std::string fault = fault_of(*store, one, committed);
      if (fault.empty()) fault = fault_of_booking(booked, one, committed);
      if (!fault.empty()) return fault.insert(0, key + ": ");
    }
    const auto counts = store->counts();
    if (counts.corrupt > 0 || counts.failed_reads > 0) return "records are not believed";
    if (committed == rounds - 1 && counts.records == 0) return "nothing is there";
  }
  for (const auto& there : std::filesystem::directory_iterator(directory)) {
    const std::string name = there.path().filename();
    if (name.find("damaged") != std::string::npos) return "set aside: " + name;
  }
  return {};
}

}  // namespace cbv::power
