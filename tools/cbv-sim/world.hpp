// A small internet, described by one text file: a zone, and mail hosts with their tempers.
#ifndef CBV_TOOLS_CBV_SIM_WORLD_HPP
#define CBV_TOOLS_CBV_SIM_WORLD_HPP

#include <boost/system/result.hpp>
#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "tools/cbv-sim/host.hpp"
#include "tools/cbv-sim/zone.hpp"

namespace cbv::sim {

/// Why a text is no world. `what` says what was expected.
struct world_error {
  std::string file;
  std::size_t line = 0;
  std::string what;
};

/// "FILE:LINE: WHAT".
std::string to_string(const world_error& error);

/// A line at the margin that is none of a world's, kept for the caller: a scenario's "ask", say.
struct other_line {
  std::size_t line = 0;
  std::string text;
};

/// What the simulated internet is made of.
struct world {
  sim::zone zone;
  std::vector<host> hosts;  // in the order of the text
  std::vector<other_line> others;

  /// The host at an address: one that is described by itself, else the range it lies in; null if
  /// there is none.
  const host* host_at(const asio::ip::address& address) const;

  /// The host on the unix socket at `path`; null if there is none.
  const host* host_at(const std::string& path) const;

  // Places in `hosts`, for host_at.
  std::map<asio::ip::address, std::size_t> single_hosts;
  std::map<std::string, std::size_t> local_hosts;
};

/// What may stand in a text besides the sections of a world.
struct world_options {
  std::vector<std::string_view> other_words;  // lines at the margin that begin with one of these
};

/// What a world may have at most.
inline constexpr std::size_t world_octets_max = std::size_t{64} << 20U;

/// Reads a world: sections `zone`, `host`, `hosts` with their indented lines (cbv-sim(1) describes
/// them all). `file_name` is for the error.
boost::system::result<world, world_error> parse_world(std::string_view text, std::string file_name,
                                                      const world_options& options = {});

}  // namespace cbv::sim

#endif
