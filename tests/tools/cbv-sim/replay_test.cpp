#include "tools/cbv-sim/replay.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_set>
#include <variant>
#include <vector>

#include "tests/tools/cbv-sim/dialogue.hpp"

namespace cbv::sim {
namespace {

const std::string table_of_2003 =
    "month    calls skips bad_domain no_mx bad_connects sessions welcome noop helo mail_from "
    "rcpt_to\n"
    "2003-11   6834  4204  323   0  583  1981  12    0 1 129  1060\n"
    "2003-12  47782 19615 2808 829 6749 20125 350 1012 5 885 15374\n"
    "2004-01   4972  3864  218 103  247   843  11   49 0  25   785\n";

replay must_make(const std::string& table) {
  const auto read = parse_replay_table(table);
  EXPECT_TRUE(read) << to_string(read.error(), "table");
  auto made = make_replay(*read);
  EXPECT_TRUE(made) << to_string(made.error(), "table");
  return *std::move(made);
}

std::string domain_of(const std::string& address) {
  return address.substr(address.find('@') + 1);
}

/// Asks about senders as the words of the table have it, without a line of cbvd's.
class simple_caller {
 public:
  explicit simple_caller(const world& in) : in_(in) {}

  void call(const std::string& address) {
    const std::string domain = domain_of(address);
    ++seen.calls;
    if (domain.ends_with(std::string(".") + replay_opted_out)) {
      ++seen.skips;
      return;
    }
    const auto found = in_.zone.look_up(domain, dns::record_type::mx);
    if (found.code == dns::response_code::name_error) {
      ++seen.bad_domain;
      return;
    }
    std::vector<dns::mx_record> hosts;
    for (const dns::record& each : found.answers) {
      hosts.push_back(std::get<dns::mx_record>(each.data));
    }
    std::sort(hosts.begin(), hosts.end(),
              [](const auto& a, const auto& b) { return a.preference < b.preference; });
    EXPECT_LE(hosts.size(), 5U) << "cbvd tries no more";
    if (hosts.empty()) {
      ++seen.no_mx;
      hosts.push_back({0, domain});
    }
    for (const dns::mx_record& each : hosts) {
      if (dial(each.exchange, address)) return;
    }
  }

  replay_month seen;
  std::size_t shared_sessions = 0;

 private:
  // True: somebody was there.
  bool dial(const std::string& name, const std::string& address) {
    const auto found = in_.zone.look_up(name, dns::record_type::a);
    EXPECT_EQ(found.answers.size(), 1U) << name;
    const asio::ip::address at = std::get<asio::ip::address_v4>(found.answers.at(0).data);
    const host* const there = in_.host_at(at);
    if (there == nullptr) {
      EXPECT_TRUE(dead_.insert(at).second) << "cbvd leaves it alone for a while: " << at;
      ++seen.bad_connects;
      return false;
    }
    if (!there->at(dialogue_stage::greeting).refusal.empty()) {
      ++seen.sessions;
      ++seen.welcome;
    } else if (!there->at(dialogue_stage::noop).refusal.empty()) {
      ++seen.sessions;
      ++seen.noop;
    } else if (!there->at(dialogue_stage::ehlo).refusal.empty()) {
      ++seen.sessions;
      ++seen.helo;
    } else {
      begin_session(at, there, domain_of(address));
      if (!there->null_sender.empty()) {
        ++seen.mail_from;
      } else if (!there->mailboxes.has(address)) {
        ++seen.rcpt_to;
      }
    }
    return true;
  }

  // A session that rests may serve whoever comes: the last must have been long ago, or be meant.
  void begin_session(const asio::ip::address& at, const host* there, const std::string& domain) {
    std::size_t& sessions = sessions_[there];
    visit& last = last_visits_[at];
    if (last.domain == domain) {
      EXPECT_EQ(last.session, sessions) << "calls that share a session follow each other";
      ++shared_sessions;
      return;
    }
    ++sessions;
    ++seen.sessions;
    if (last.session > 0) {
      EXPECT_GE(sessions - last.session, replay_hosts_max) << at;
    }
    last = {domain, sessions};
  }

  struct visit {
    std::string domain;
    std::size_t session = 0;
  };

  const world& in_;
  std::set<asio::ip::address> dead_;
  std::map<const host*, std::size_t> sessions_;
  std::map<asio::ip::address, visit> last_visits_;
};

TEST(ReplayTest, ACallerComesToEveryCellOfTheTable) {
  const replay made = must_make(table_of_2003);
  const world described = must_parse(made.world);
  simple_caller caller(described);
  const auto table = *parse_replay_table(table_of_2003);
  ASSERT_EQ(made.months.size(), table.size());
  for (std::size_t i = 0; i < table.size(); ++i) {
    EXPECT_EQ(made.months[i].month, table[i].month);
    caller.seen = {};
    caller.shared_sessions = 0;
    for (const std::string& each : made.months[i].addresses) caller.call(each);
    for (const replay_column& column : replay_columns) {
      EXPECT_EQ(caller.seen.*column.cell, table[i].*column.cell)
          << table[i].month << ' ' << column.name;
    }
    EXPECT_EQ(caller.shared_sessions, i == 2 ? 27U : 0U);
  }
}

TEST(ReplayTest, TheWorldIsSmallEnoughForAListenerEach) {
  const world described = must_parse(must_make(table_of_2003).world);
  std::size_t addresses = 0;
  for (const host& each : described.hosts) addresses += each.size;
  EXPECT_LE(addresses, 4096U) << "else dead hosts accept connections";
}

TEST(ReplayTest, IsTheSameEachTimeAndNoAddressComesTwice) {
  const replay made = must_make(table_of_2003);
  const replay again = must_make(table_of_2003);
  EXPECT_EQ(made.world, again.world);
  EXPECT_EQ(made.repeated, again.repeated);
  std::unordered_set<std::string> all;
  std::size_t calls = 0;
  for (std::size_t i = 0; i < made.months.size(); ++i) {
    EXPECT_EQ(made.months[i].addresses, again.months[i].addresses);
    all.insert(made.months[i].addresses.begin(), made.months[i].addresses.end());
    calls += made.months[i].addresses.size();
  }
  EXPECT_EQ(all.size(), calls);
}

TEST(ReplayTest, FewSendersRepeatOftenAndManySeldom) {
  const replay made = must_make(table_of_2003);
  std::map<std::string, std::size_t> times;
  for (const std::string& each : made.repeated) ++times[each];
  EXPECT_EQ(made.repeated.size(), 59588U);
  for (const auto& [address, count] : times) {
    EXPECT_EQ(address.find(replay_opted_out), std::string::npos) << "they are not called";
  }
  EXPECT_GT(times.size(), 5000U);
  EXPECT_LT(times.size(), 12000U);
  std::vector<std::size_t> ranked;
  for (const auto& [address, count] : times) ranked.push_back(count);
  std::sort(ranked.rbegin(), ranked.rend());
  EXPECT_NEAR(static_cast<double>(ranked[0]) / static_cast<double>(ranked[9]), 10.0, 3.0);
  const auto once = std::count(ranked.begin(), ranked.end(), 1U);
  EXPECT_GT(once, static_cast<std::ptrdiff_t>(ranked.size() / 4));
}

TEST(ReplayTest, AMonthWithoutCallsIsAnEmptyWorld) {
  const std::string header = table_of_2003.substr(0, table_of_2003.find('\n') + 1);
  const replay made = must_make(header + "2003-12 0 0 0 0 0 0 0 0 0 0 0\n");
  EXPECT_TRUE(must_parse(made.world).hosts.empty());
  EXPECT_TRUE(made.months.at(0).addresses.empty());
  EXPECT_TRUE(made.repeated.empty());
}

TEST(ReplayTest, SaysWhichMonthCannotBe) {
  auto table = *parse_replay_table(table_of_2003);
  table[1].sessions = 1;
  const auto made = make_replay(table);
  ASSERT_FALSE(made);
  EXPECT_EQ(to_string(made.error(), "table"),
            "table:3: welcome: expected at most 1, the sessions, not 350");
}

TEST(ReplayTest, SaysWhenTheMonthsAreTooMuchTogether) {
  replay_month half;
  half.calls = replay_calls_max / 2;
  half.skips = half.calls;
  replay_month last;
  last.line = 4;
  last.calls = 1;
  last.skips = 1;
  const auto made = make_replay({half, half, last});
  ASSERT_FALSE(made);
  EXPECT_EQ(to_string(made.error(), "table"),
            "table:4: calls: expected at most 1000000 in all months together");
}

}  // namespace
}  // namespace cbv::sim
