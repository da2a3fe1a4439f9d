// The table that a callback system of 2003 printed: a month a line, how many calls there were and
// at which stage far servers refused.
#ifndef CBV_TOOLS_CBV_SIM_REPLAY_TABLE_HPP
#define CBV_TOOLS_CBV_SIM_REPLAY_TABLE_HPP

#include <array>
#include <boost/system/result.hpp>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace cbv::sim {

/// One line of the table.
struct replay_month {
  std::size_t line = 0;  // where it stands
  std::string month;     // "2003-12"
  std::uint64_t calls = 0;
  std::uint64_t skips = 0;         // of these, asked of nobody
  std::uint64_t bad_domain = 0;    // of these, about domains that do not exist
  std::uint64_t no_mx = 0;         // of these, about domains without MX, tried at their address
  std::uint64_t bad_connects = 0;  // connections that failed, several a call
  std::uint64_t sessions = 0;      // connections that were made
  std::uint64_t welcome = 0;       // of these, refused in the greeting
  std::uint64_t noop = 0;
  std::uint64_t helo = 0;
  std::uint64_t mail_from = 0;
  std::uint64_t rcpt_to = 0;
};

/// A column with a number in it.
struct replay_column {
  std::string_view name;
  std::uint64_t replay_month::*cell;
};

/// All of them, in the order in which they are printed, behind the month.
inline constexpr std::array replay_columns{
    replay_column{"calls", &replay_month::calls},
    replay_column{"skips", &replay_month::skips},
    replay_column{"bad_domain", &replay_month::bad_domain},
    replay_column{"no_mx", &replay_month::no_mx},
    replay_column{"bad_connects", &replay_month::bad_connects},
    replay_column{"sessions", &replay_month::sessions},
    replay_column{"welcome", &replay_month::welcome},
    replay_column{"noop", &replay_month::noop},
    replay_column{"helo", &replay_month::helo},
    replay_column{"mail_from", &replay_month::mail_from},
    replay_column{"rcpt_to", &replay_month::rcpt_to},
};

/// Why a text is no table, or a table no calls can have had. `column` may be empty: the whole line.
struct table_error {
  std::size_t line = 0;
  std::string column;
  std::string what;
};

/// "FILE:LINE: COLUMN: WHAT".
std::string to_string(const table_error& error, std::string_view file);

/// What a table may have at most.
inline constexpr std::uint64_t replay_cell_max = 1'000'000;
inline constexpr std::size_t replay_months_max = 1'000;

/// Reads a table: a line with the names of the columns, in any order, then a line a month; empty
/// lines and such that begin with # are skipped. Whether its numbers fit together is not looked at.
boost::system::result<std::vector<replay_month>, table_error> parse_replay_table(
    std::string_view text);

}  // namespace cbv::sim

#endif
