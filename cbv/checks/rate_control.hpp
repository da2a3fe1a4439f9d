// How much one client may ask, and how much of it may come to nothing (RFC 2505 section 2.9).
#ifndef CBV_CHECKS_RATE_CONTROL_HPP
#define CBV_CHECKS_RATE_CONTROL_HPP

#include <boost/asio/ip/address.hpp>
#include <cstddef>
#include <cstdint>

#include "cbv/base/clock.hpp"
#include "cbv/checks/envelope.hpp"
#include "cbv/checks/finding.hpp"
#include "cbv/checks/rate_table.hpp"

namespace cbv::checks {

/// 0: as many as there are.
struct rate_limits {
  std::uint32_t per_minute = 0;
  std::uint32_t per_hour = 0;

  friend bool operator==(const rate_limits&, const rate_limits&) = default;
};

struct rate_options {
  unsigned ipv4_prefix = 32;  // what counts as one client; 8 to 32
  unsigned ipv6_prefix = 64;  // 16 to 64
  rate_limits questions{};
  rate_limits unknown_recipients{20, 100};  // the recipient was refused because it does not exist
  rate_limits failures{};                   // any other question that ended in a refusal
  std::size_t clients_max = 100'000;        // remembered; 48 octets each, taken with the first

  /// Over a limit: `reject` is not for this one, which is `defer` then.
  rule_form over{{}, consequence::defer};

  /// A client that was over a limit more often than this within an hour is refused. 0: never.
  std::uint32_t refuse_after = 0;
  reply_form refused{};

  friend bool operator==(const rate_options&, const rate_options&) = default;
};

enum class rate_event : std::uint8_t { question, unknown_recipient, failure };

/// Token buckets for each client: one that was quiet has a minute's (an hour's) worth at once, and
/// then as much as flows in. Memory is fixed; of clients that meet in a full corner of it, the one
/// that used least of its limits is forgotten, and of those the one that was quiet for longest.
///
/// Pure: time comes in, and does not go back. Belongs to one thread.
class rate_control {
 public:
  /// `seed` is chance, so that nobody can choose clients that meet.
  rate_control(rate_options with, std::uint64_t seed);

  /// Counts a question of this client, and says whether it is over a limit: then fail, with the
  /// decision to defer or to refuse unless it is only logged. A question that is over a limit takes
  /// nothing of it, so that a client that goes on asking has its rate, not nothing. Unknown, and
  /// not counted, if the client is not known.
  finding check(const envelope& about, time_point now);

  /// From the next question on. What clients have used is forgotten only if other networks count as
  /// one, or other numbers of them are remembered.
  void change(rate_options with);

  /// What became of a question that check() let pass. Not for what rate control itself refused.
  void note(const boost::asio::ip::address& client, rate_event what, time_point now);

  std::size_t octets() const noexcept { return table_.octets(); }

 private:
  std::uint64_t key_of(const boost::asio::ip::address& client) const noexcept;
  finding over(const boost::asio::ip::address& client, std::size_t bucket,
               rate_table::client& of) const;

  rate_options with_;
  std::uint64_t seed_;
  rate_table table_;
};

}  // namespace cbv::checks

#endif
