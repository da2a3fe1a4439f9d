// What is remembered of far hosts, as a port: cache/ implements it over LMDB, tests over a map.
#ifndef CBV_VERDICT_HOST_MEMORY_HPP
#define CBV_VERDICT_HOST_MEMORY_HPP

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "cbv/base/clock.hpp"

namespace cbv {

/// What an address may be left alone for.
enum class host_fault : std::uint8_t {
  unreachable = 1,  // no connection to it could be made
  refused = 2,      // it asked us to go away: 421, or a refusal that is about us
};

inline constexpr std::size_t host_said_octets_max = 512;

/// One row of the same trouble at one address. It proves nothing of any mailbox: whoever is not
/// asked because of it is unknown.
struct host_trouble {
  wall_time since{};          // the first of the row
  wall_time last{};           // the last one
  wall_time until{};          // left alone until then
  std::uint8_t in_a_row = 1;  // how often, at most 255
  std::string said;           // its reply or what went wrong, for people; printable UTF-8

  friend bool operator==(const host_trouble&, const host_trouble&) = default;
};

struct host_facts {
  std::optional<host_trouble> unreachable;
  std::optional<host_trouble> refused;

  friend bool operator==(const host_facts&, const host_facts&) = default;
};

/// Remembers troubles by address, so that a restart does not forget that a host is to be left alone
/// nor how long the next time is. Usable from all threads; no call waits for the disk, and none
/// fails: what cannot be read is not known.
class host_memory {
 public:
  host_memory() = default;
  host_memory(const host_memory&) = delete;
  host_memory& operator=(const host_memory&) = delete;
  virtual ~host_memory() = default;

  /// What is known at `now`: a trouble whose time is over is still told for a while, because the
  /// next one of the row waits twice as long. What was noted is seen at once. One noted in the
  /// future, before the clock was set back, is not known.
  virtual host_facts facts(const boost::asio::ip::address& of, wall_time now) = 0;

  /// Remembers that the address is left alone until `until`. `since` and `in_a_row` of what is
  /// remembered go on from what is known.
  virtual void note_trouble(const boost::asio::ip::address& of, host_fault what, wall_time until,
                            std::string said, wall_time now) = 0;

  /// The trouble is over: nothing is remembered of it. Cheap where nothing was.
  virtual void note_success(const boost::asio::ip::address& of, host_fault what, wall_time now) = 0;

  /// Forgets all that is known of the address. True if there was something.
  virtual bool forget(const boost::asio::ip::address& of) = 0;
};

}  // namespace cbv

#endif
