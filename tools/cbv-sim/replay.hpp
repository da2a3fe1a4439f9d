// A world and a stream of questions out of a table: who asks cbvd about all of these senders has it
// count the table.
#ifndef CBV_TOOLS_CBV_SIM_REPLAY_HPP
#define CBV_TOOLS_CBV_SIM_REPLAY_HPP

#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tools/cbv-sim/replay_table.hpp"

namespace cbv::sim {

struct replay_questions {
  std::string month;
  std::vector<std::string> addresses;  // no two are the same, in no month
};

/// The same for the same table.
struct replay {
  std::string world;  // as parse_world takes it
  std::vector<replay_questions> months;
  /// As many as there are in all months, but about fewer of their senders, those who are not opted
  /// out: of a few often, of many seldom, as senders of mail are (Zipf).
  std::vector<std::string> repeated;
};

/// Where domains lie that cbvd is to be told not to call.
inline constexpr const char* replay_opted_out = "optout.replay.example";

/// The far hosts are few, and serve many domains each. One with which a session may come to rest
/// serves its next domain only after so many sessions with others of its kind; so that session has
/// left, if cbvd lets 256 rest, and no more than 100 questions are in flight.
inline constexpr std::size_t replay_hosts_max = 1'024;

/// What a table may have in all months together.
inline constexpr std::uint64_t replay_calls_max = 1'000'000;

/// The error: no calls can have come to the numbers of the table. Pure.
boost::system::result<replay, table_error> make_replay(const std::vector<replay_month>& table);

}  // namespace cbv::sim

#endif
