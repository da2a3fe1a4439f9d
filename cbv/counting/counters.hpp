// What was asked, how far the callouts came, and what was answered.
//
// The funnel keeps the names of the wcSAP table of 2003, so that the two can be laid side by side.
#ifndef CBV_COUNTING_COUNTERS_HPP
#define CBV_COUNTING_COUNTERS_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "cbv/counting/latency_histogram.hpp"
#include "cbv/verdict/advice.hpp"
#include "cbv/verdict/verdict.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv {

/// The counters of one role. Only ever go up; belong to one thread. What each means: funnel_steps.
struct role_counters {
  std::uint64_t calls = 0;

  // Each call is one of these.
  std::uint64_t skips = 0;
  std::uint64_t cached = 0;
  std::uint64_t local = 0;
  std::uint64_t joined = 0;
  std::uint64_t asked = 0;

  std::uint64_t callouts = 0;
  std::uint64_t refreshes = 0;
  std::uint64_t re_probes = 0;
  std::uint64_t bad_domain = 0;
  std::uint64_t no_mx = 0;
  std::uint64_t bad_connects = 0;
  std::uint64_t sessions = 0;
  std::uint64_t refused_welcome = 0;
  std::uint64_t refused_noop = 0;
  std::uint64_t refused_helo = 0;
  std::uint64_t refused_mail_from = 0;
  std::uint64_t refused_rcpt_to = 0;
  std::uint64_t accepted = 0;
  std::uint64_t deferred = 0;

  // Answers given, whatever they were made from; the index is the word's number. Advice is given
  // where one address was asked about; what is said of whole envelopes is in counters::decisions.
  std::array<std::uint64_t, 4> by_status{};
  std::array<std::uint64_t, 128> by_reason{};
  std::array<std::uint64_t, 3> by_advice{};

  std::uint64_t& of(status word) { return by_status[static_cast<std::size_t>(word)]; }
  std::uint64_t of(status word) const { return by_status[static_cast<std::size_t>(word)]; }
  std::uint64_t& of(reason word) { return by_reason[static_cast<std::size_t>(word)]; }
  std::uint64_t of(reason word) const { return by_reason[static_cast<std::size_t>(word)]; }
  std::uint64_t& of(action word) { return by_advice[static_cast<std::size_t>(word)]; }
  std::uint64_t of(action word) const { return by_advice[static_cast<std::size_t>(word)]; }

  /// Counts an answer under its status and its reason, and under nothing else.
  void count_answer(const verdict& given) {
    ++of(given.status);
    ++of(given.reason);
  }

  friend bool operator==(const role_counters&, const role_counters&) = default;
};

/// How many checks of an envelope can be told apart, one of them being none.
inline constexpr std::size_t deciders = 24;

/// All that is counted. Only ever goes up; belongs to one thread.
struct counters {
  role_counters sender;
  role_counters recipient;
  std::uint64_t listing_alarms = 0;  // hosts everywhere refused us

  /// Judgements of envelopes: by what decided (0: nothing had anything against it; else the number
  /// of the check, and one), and by what was said.
  std::array<std::array<std::uint64_t, 3>, deciders> decisions{};

  latency_histogram hits;      // answers from memory, the address itself or a table
  latency_histogram dns;       // look-ups that were asked of a name server
  latency_histogram callouts;  // those that ended

  role_counters& of(role side) { return side == role::sender ? sender : recipient; }
  const role_counters& of(role side) const { return side == role::sender ? sender : recipient; }

  /// Adds what was counted elsewhere, or takes away what was counted before.
  counters& operator+=(const counters& other);
  counters& operator-=(const counters& before);

  friend bool operator==(const counters&, const counters&) = default;
};

/// A step of the funnel.
struct funnel_step {
  std::string_view name;  // on the wire
  std::uint64_t role_counters::*count;
  std::uint8_t number;  // on disk: append, never renumber, never reuse
  std::uint64_t role_counters::*share_of;
  std::string_view help;  // what increments it
};

/// The funnel in its order; whoever shows counters loops over it.
inline constexpr std::array funnel_steps{
    funnel_step{"calls", &role_counters::calls, 0, nullptr, "Questions answered."},
    funnel_step{"skips", &role_counters::skips, 1, &role_counters::calls,
                "Questions that are asked of no one (reason not_asked)."},
    funnel_step{"cached", &role_counters::cached, 2, &role_counters::calls,
                "Questions answered from memory."},
    funnel_step{"local", &role_counters::local, 3, &role_counters::calls,
                "Questions answered from the address itself, or from a table of recipients."},
    funnel_step{"joined", &role_counters::joined, 4, &role_counters::calls,
                "Questions that waited for a callout which was under way already."},
    funnel_step{"asked", &role_counters::asked, 5, &role_counters::calls,
                "Questions for which a callout was begun."},
    funnel_step{"callouts", &role_counters::callouts, 6, nullptr, "Callouts that ended."},
    funnel_step{"refreshes", &role_counters::refreshes, 7, &role_counters::callouts,
                "Callouts that were begun behind an answer from memory."},
    funnel_step{"re_probes", &role_counters::re_probes, 8, &role_counters::callouts,
                "Callouts that had been booked, because the mailbox was greylisted."},
    funnel_step{"bad_domain", &role_counters::bad_domain, 9, &role_counters::callouts,
                "Callouts that ended because the domain takes no mail, by the DNS."},
    funnel_step{"no_mx", &role_counters::no_mx, 10, &role_counters::callouts,
                "Callouts of a domain without MX records that was tried at its address."},
    funnel_step{"bad_connects", &role_counters::bad_connects, 11, nullptr,
                "Connections to far hosts that could not be made."},
    funnel_step{"sessions", &role_counters::sessions, 12, nullptr,
                "Connections to far hosts that were made, for catch-all tests too."},
    funnel_step{"refused_welcome", &role_counters::refused_welcome, 13, &role_counters::sessions,
                "Sessions refused in the greeting."},
    funnel_step{"refused_noop", &role_counters::refused_noop, 14, &role_counters::sessions,
                "Sessions refused at NOOP."},
    funnel_step{"refused_helo", &role_counters::refused_helo, 15, &role_counters::sessions,
                "Sessions refused at EHLO or, if that is tried then, at HELO."},
    funnel_step{"refused_mail_from", &role_counters::refused_mail_from, 16,
                &role_counters::sessions,
                "Refusals and deferrals at MAIL, in catch-all tests too."},
    funnel_step{"refused_rcpt_to", &role_counters::refused_rcpt_to, 17, &role_counters::sessions,
                "Mailboxes refused at RCPT, with 5yz; none of a catch-all test."},
    funnel_step{"accepted", &role_counters::accepted, 18, &role_counters::sessions,
                "Mailboxes accepted at RCPT, with 2yz; none of a catch-all test."},
    funnel_step{"deferred", &role_counters::deferred, 19, &role_counters::sessions,
                "Mailboxes deferred at RCPT, with 4yz; none of a catch-all test."},
};

}  // namespace cbv

#endif
