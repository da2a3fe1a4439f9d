// When many hosts that have nothing to do with one another refuse us, it is not they: our address
// is on a list.
#ifndef CBV_POLICY_LISTING_WATCH_HPP
#define CBV_POLICY_LISTING_WATCH_HPP

#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <list>
#include <map>
#include <optional>

#include "cbv/base/clock.hpp"

namespace cbv::policy {

struct listing_options {
  std::size_t hosts = 5;                        // that refused us, at least; 0: never an alarm
  unsigned share_percent = 50;                  // and so many of all that were heard of
  std::chrono::milliseconds window{3'600'000};  // counted back from each outcome
  std::chrono::milliseconds pause{900'000};     // then call-backs are tried again
  std::size_t networks_max = 4'096;             // remembered; the longest unheard is forgotten
};

/// Watches what strangers' hosts make of us. Hosts of one network (/24 of IPv4, /64 of IPv6) count
/// as one host, with what the last of them said.
///
/// Once the alarm is raised call-backs pause. After the pause what was heard is forgotten and twice
/// `hosts` call-backs are let through, as a trial; they raise the alarm's pause again, or clear it.
///
/// Pure: time comes in, and does not go back.
class listing_watch {
 public:
  enum class change { raised, cleared };

  explicit listing_watch(listing_options options) : options_(options) {}

  listing_watch(const listing_watch&) = delete;
  listing_watch& operator=(const listing_watch&) = delete;

  /// From now on. Where there is to be no alarm, there is none any more.
  void change_options(listing_options options);

  /// A host was heard of: it refused us (`about_us`: prober_blocked), or gave any other answer.
  /// Hosts that were not reached say nothing. The change that this made, which is worth a line in
  /// the log.
  std::optional<change> note(const boost::asio::ip::address& host, bool about_us, time_point now);

  /// May a call-back be made? Takes one of the trials if the alarm is raised.
  bool admits(time_point now);

  bool is_raised() const noexcept { return raised_; }

 private:
  struct opinion {
    boost::asio::ip::address network;
    bool about_us = false;
    time_point last;
  };

  void remember(const boost::asio::ip::address& network, bool about_us, time_point now);
  void forget_oldest();
  void pause(time_point now);
  bool is_share_reached() const noexcept;

  listing_options options_;
  std::list<opinion> heard_;  // the oldest first
  std::map<boost::asio::ip::address, std::list<opinion>::iterator> by_network_;
  std::size_t refusing_ = 0;  // of heard_
  bool raised_ = false;
  bool on_trial_ = false;  // what was heard is of after the pause
  time_point paused_until_{};
  std::size_t trials_ = 0;  // that may still be let through
};

}  // namespace cbv::policy

#endif
