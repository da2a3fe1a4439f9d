// What was asked, how far the callouts came, and what was answered, by role.
//
// The funnel keeps the names of the wcSAP table of 2003, so that the two can be laid side by side.
#ifndef CBV_VERDICT_COUNTERS_HPP
#define CBV_VERDICT_COUNTERS_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cbv/verdict/verdict.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv {

/// The counters of one role. Only ever go up; belong to one thread.
struct role_counters {
  std::uint64_t calls = 0;              // questions
  std::uint64_t skips = 0;              // of these, not asked of anyone (reason not_asked)
  std::uint64_t cached = 0;             // of these, answered from memory
  std::uint64_t bad_domain = 0;         // the domain does not exist
  std::uint64_t no_mx = 0;              // the domain takes no mail: null MX, no or no usable host
  std::uint64_t bad_connects = 0;       // each connection that could not be made
  std::uint64_t sessions = 0;           // each connection that was made
  std::uint64_t refused_welcome = 0;    // of the sessions, refused in the greeting
  std::uint64_t refused_noop = 0;       // at NOOP, which a callout need not send
  std::uint64_t refused_helo = 0;       // at EHLO and HELO
  std::uint64_t refused_mail_from = 0;  // at MAIL
  std::uint64_t refused_rcpt_to = 0;    // at RCPT, with 5yz
  std::uint64_t accepted = 0;           // at RCPT, with 2yz
  std::uint64_t deferred = 0;           // at RCPT, with 4yz

  // Answers given, whatever they were made from; the index is the word's number.
  std::array<std::uint64_t, 4> by_status{};
  std::array<std::uint64_t, 256> by_reason{};

  std::uint64_t& of(status word) { return by_status[static_cast<std::size_t>(word)]; }
  std::uint64_t of(status word) const { return by_status[static_cast<std::size_t>(word)]; }
  std::uint64_t& of(reason word) { return by_reason[static_cast<std::size_t>(word)]; }
  std::uint64_t of(reason word) const { return by_reason[static_cast<std::size_t>(word)]; }

  /// Counts an answer under its status and its reason, and under nothing else.
  void count_answer(const verdict& given) {
    ++of(given.status);
    ++of(given.reason);
  }

  /// Adds what was counted elsewhere.
  role_counters& operator+=(const role_counters& other);

  friend bool operator==(const role_counters&, const role_counters&) = default;
};

/// The counters of both roles.
struct counters {
  role_counters sender;
  role_counters recipient;
  std::uint64_t listing_alarms = 0;  // hosts everywhere refused us

  role_counters& of(role side) { return side == role::sender ? sender : recipient; }
  const role_counters& of(role side) const { return side == role::sender ? sender : recipient; }

  counters& operator+=(const counters& other) {
    sender += other.sender;
    recipient += other.recipient;
    listing_alarms += other.listing_alarms;
    return *this;
  }

  friend bool operator==(const counters&, const counters&) = default;
};

/// A step of the funnel: its name on the wire, and where it is counted.
struct funnel_step {
  std::string_view name;
  std::uint64_t role_counters::*count;
};

/// The funnel in its order; whoever shows counters loops over it.
inline constexpr std::array funnel_steps{
    funnel_step{"calls", &role_counters::calls},
    funnel_step{"skips", &role_counters::skips},
    funnel_step{"cached", &role_counters::cached},
    funnel_step{"bad_domain", &role_counters::bad_domain},
    funnel_step{"no_mx", &role_counters::no_mx},
    funnel_step{"bad_connects", &role_counters::bad_connects},
    funnel_step{"sessions", &role_counters::sessions},
    funnel_step{"refused_welcome", &role_counters::refused_welcome},
    funnel_step{"refused_noop", &role_counters::refused_noop},
    funnel_step{"refused_helo", &role_counters::refused_helo},
    funnel_step{"refused_mail_from", &role_counters::refused_mail_from},
    funnel_step{"refused_rcpt_to", &role_counters::refused_rcpt_to},
    funnel_step{"accepted", &role_counters::accepted},
    funnel_step{"deferred", &role_counters::deferred},
};

inline role_counters& role_counters::operator+=(const role_counters& other) {
  for (const funnel_step& step : funnel_steps) this->*step.count += other.*step.count;
  for (std::size_t i = 0; i < by_status.size(); ++i) by_status[i] += other.by_status[i];
  for (std::size_t i = 0; i < by_reason.size(); ++i) by_reason[i] += other.by_reason[i];
  return *this;
}

}  // namespace cbv

#endif
