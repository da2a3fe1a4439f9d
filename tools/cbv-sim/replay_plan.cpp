#include "tools/cbv-sim/replay_plan.hpp"

#include <cstddef>
#include <string>
#include <utility>

namespace cbv::sim {
namespace {

// Thrown in here only.
struct no_such_month {
  table_error why;
};

// How many calls come to which end.
struct ends {
  std::uint64_t unreached = 0;
  std::uint64_t rcpt_sessions = 0;  // that are refused at RCPT, at least once each
  std::uint64_t accepted = 0;
};

class month_parser {
 public:
  explicit month_parser(const replay_month& of) : of_(of) {}

  ends part() const {
    std::uint64_t calls = of_.calls;
    take("skips", of_.skips, calls, "calls");
    take("bad_domain", of_.bad_domain, calls, "calls that are not skipped");
    at_most("sessions", of_.sessions, calls, "calls about domains that exist");
    std::uint64_t sessions = of_.sessions;
    take("welcome", of_.welcome, sessions, "sessions");
    take("noop", of_.noop, sessions, "sessions that were welcome");
    take("helo", of_.helo, sessions, "sessions that came to HELO");
    take("mail_from", of_.mail_from, sessions, "sessions that came to MAIL");

    ends parted;
    if (of_.rcpt_to <= sessions) {
      parted.rcpt_sessions = of_.rcpt_to;
      parted.accepted = sessions - of_.rcpt_to;
      parted.unreached = calls - of_.sessions;
      return parted;
    }
    const std::uint64_t refused_before = of_.sessions - sessions;
    at_most("rcpt_to", of_.rcpt_to, calls - refused_before, "calls that may have come to RCPT");
    at_most("rcpt_to", of_.rcpt_to, sessions * askers_max,
            "refusals that the sessions have room for");
    parted.rcpt_sessions = sessions;
    parted.unreached = calls - refused_before - of_.rcpt_to;
    return parted;
  }

  void at_most(const char* column, std::uint64_t cell, std::uint64_t most,
               const std::string& of_what) const {
    if (cell <= most) return;
    fail(column, "expected at most " + std::to_string(most) + ", the " + of_what + ", not " +
                     std::to_string(cell));
  }

  [[noreturn]] void fail(const char* column, std::string what) const {
    throw no_such_month{{of_.line, column, std::move(what)}};
  }

 private:
  void take(const char* column, std::uint64_t cell, std::uint64_t& left,
            const std::string& of_what) const {
    at_most(column, cell, left, of_what);
    left -= cell;
  }

  const replay_month& of_;
};

void add(std::vector<replay_calls>& all, call_end end, std::uint64_t count) {
  all.resize(all.size() + count, replay_calls{end});
}

// Sessions that are refused at RCPT so many times, as evenly as can be.
void add_refused(std::vector<replay_calls>& all, std::uint64_t sessions, std::uint64_t refusals) {
  for (std::uint64_t i = 0; i < sessions; ++i) {
    const std::uint64_t askers = refusals / sessions + (i < refusals % sessions ? 1 : 0);
    all.push_back({call_end::rcpt_to, 0, false, static_cast<unsigned>(askers)});
  }
}

// Which domains have no MX, and which have dead hosts. A call that shares its session has neither.
void place_hosts(const month_parser& parser, const replay_month& of, const ends& parted,
                 std::vector<replay_calls>& all, random_source& chance) {
  std::vector<std::size_t> dialled;
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (all[i].end >= call_end::unreached && all[i].askers == 1) dialled.push_back(i);
  }
  mix(dialled, chance);
  parser.at_most("no_mx", of.no_mx, dialled.size(), "calls that dial a host");
  const std::uint64_t others = dialled.size() - of.no_mx;
  for (std::uint64_t i = others; i < dialled.size(); ++i) all[dialled[i]].implicit_mx = true;

  if (of.bad_connects < parted.unreached) {
    parser.fail("bad_connects", "expected at least " + std::to_string(parted.unreached) +
                                    ", the calls that came to no session, not " +
                                    std::to_string(of.bad_connects));
  }
  parser.at_most("bad_connects", of.bad_connects, parted.unreached + others * dead_hosts_max,
                 "failed connections that the calls have room for");
  const std::uint64_t more = of.bad_connects - parted.unreached;
  for (std::uint64_t i = 0; i < others && more > 0; ++i) {
    all[dialled[i]].dead_hosts = static_cast<unsigned>(more / others + (i < more % others ? 1 : 0));
  }
}

}  // namespace

boost::system::result<std::vector<replay_calls>, table_error> plan_month(const replay_month& of,
                                                                         random_source& chance) {
  try {
    const month_parser parser(of);
    const ends parted = parser.part();
    std::vector<replay_calls> all;
    add(all, call_end::skipped, of.skips);
    add(all, call_end::bad_domain, of.bad_domain);
    add(all, call_end::unreached, parted.unreached);
    add(all, call_end::welcome, of.welcome);
    add(all, call_end::noop, of.noop);
    add(all, call_end::helo, of.helo);
    add(all, call_end::mail_from, of.mail_from);
    add_refused(all, parted.rcpt_sessions, of.rcpt_to);
    add(all, call_end::accepted, parted.accepted);
    place_hosts(parser, of, parted, all, chance);
    mix(all, chance);
    return all;
  } catch (const no_such_month& found) {
    return found.why;
  }
}

}  // namespace cbv::sim
