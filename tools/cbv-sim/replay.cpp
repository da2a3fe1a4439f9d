#include "tools/cbv-sim/replay.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include "cbv/base/random.hpp"
#include "tools/cbv-sim/replay_plan.hpp"

namespace cbv::sim {
namespace {

constexpr std::uint64_t seed = 2003;
constexpr std::string_view top = "replay.example";

// Hosts whose sessions end with the refusal: they only have to be more than are asked at once.
constexpr std::size_t refusing_hosts_max = 256;

// 127.0.0.0/16 is left to others.
constexpr std::uint32_t first_address = 0x7f'01'00'00;
constexpr std::uint32_t last_address = 0x7f'ff'00'00;

constexpr std::uint64_t senders_share = 5;  // of `repeated`: questions for each

/// Domains whose calls come to the same end, and how far hosts bring it about.
struct neighbourhood {
  std::string_view name;  // below `top`
  std::vector<call_end> ends;
  std::size_t hosts_max = 0;  // zero: all are dead
  std::string_view manners;   // lines of the hosts' section

  std::uint64_t domains = 0;  // numbered in the order of the stream
  std::set<unsigned> dead_hosts{};
  bool has_implicit = false;

  std::string zone_name() const { return std::string(name) + '.' + std::string(top); }
};

std::vector<neighbourhood> neighbourhoods() {
  return {
      {"dead", {call_end::unreached}, 0, ""},
      {"welcome",
       {call_end::welcome},
       refusing_hosts_max,
       "  refuse greeting \"554 {host} No SMTP service here\"\n"},
      {"noop",
       {call_end::noop},
       refusing_hosts_max,
       "  refuse noop \"502 5.5.1 Command not implemented\"\n"},
      {"helo",
       {call_end::helo},
       refusing_hosts_max,
       "  refuse ehlo \"501 5.5.4 Invalid domain name\"\n"},
      {"mail",
       {call_end::mail_from},
       replay_hosts_max,
       "  pipelining off\n"  // so that no RCPT is refused behind MAIL
       "  reject-null-sender \"550 5.7.1 Mail from <> is not accepted here\"\n"},
      {"rcpt",
       {call_end::rcpt_to, call_end::accepted},
       replay_hosts_max,
       "  mailbox ann@*\n"
       "  unknown-user \"550 5.1.1 No such user here\"\n"},
  };
}

/// Hands out networks of loopback addresses.
class addresses {
 public:
  /// A network of at least so many, as "127.1.0.0/24". A neighbourhood of N domains takes five of
  /// less than 2 N addresses, and a gap before the first: replay_calls_max have room.
  std::string take(std::uint64_t count) {
    const std::uint64_t size = std::bit_ceil(std::max<std::uint64_t>(count, 2));
    const std::uint64_t begin = (next_ + size - 1) / size * size;
    assert(begin + size <= last_address);
    next_ = begin + size;
    std::string text;
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
      text += (text.empty() ? "" : ".") + std::to_string(begin >> shift & 0xffU);
    }
    return text + '/' + std::to_string(32 - std::countr_zero(size));
  }

 private:
  std::uint64_t next_ = first_address;
};

/// Writes a neighbourhood's names and hosts.
class world_writer {
 public:
  void write(const neighbourhood& of) {
    if (of.domains == 0) return;
    zone_ = of.zone_name();
    range_ = "{0-" + std::to_string(std::max<std::uint64_t>(of.domains - 1, 1)) + "}";
    const bool is_dead = of.hosts_max == 0;
    const unsigned most = of.dead_hosts.empty() ? 0 : *of.dead_hosts.rbegin();
    std::vector<std::string> dead;
    for (unsigned i = 0; i < most + (is_dead ? 1 : 0); ++i) {
      dead.push_back(networks_.take(of.domains));
      add("x" + range_ + ".h" + std::to_string(i + 1), "A", dead.back());
    }
    std::string live;
    if (!is_dead) {
      live = networks_.take(std::min<std::uint64_t>(of.hosts_max, of.domains));
      add("m" + range_, "A", live);
      hosts_ += "hosts " + live + " m{}." + zone_ + "\n  domain *." + std::string(top) + "\n" +
                std::string(of.manners);
    }
    if (of.has_implicit) add("d" + range_ + ".implicit", "A", is_dead ? dead.front() : live);
    for (const unsigned each : of.dead_hosts) add_mail_hosts(each, is_dead);
  }

  std::string text() const {
    return "# Made out of a table by cbv-sim --replay.\n\nzone\n  $TTL 86400\n" + names_ + "\n" +
           hosts_;
  }

 private:
  void add_mail_hosts(unsigned dead_hosts, bool is_dead) {
    const std::string owner = "d" + range_ + ".mx" + std::to_string(dead_hosts);
    const unsigned dead = dead_hosts + (is_dead ? 1 : 0);
    for (unsigned i = 1; i <= dead; ++i) {
      add(owner, "MX", std::to_string(10 * i) + " x{}.h" + std::to_string(i) + "." + zone_ + ".");
    }
    if (!is_dead) add(owner, "MX", std::to_string(10 * (dead + 1)) + " m{}." + zone_ + ".");
  }

  void add(const std::string& owner, const char* type, const std::string& data) {
    names_ += "  " + owner + "." + zone_ + ".  " + type + "  " + data + "\n";
  }

  addresses networks_;
  std::string zone_;
  std::string range_;
  std::string names_;
  std::string hosts_;
};

/// Numbers the domains of calls as they come, and names them.
class namer {
 public:
  void name(const replay_calls& calls, std::vector<std::string>& into) {
    if (calls.end == call_end::skipped) {
      into.push_back("ann@d" + std::to_string(skipped_++) + "." + replay_opted_out);
    } else if (calls.end == call_end::bad_domain) {
      into.push_back("ann@d" + std::to_string(bad_++) + ".nowhere." + std::string(top));
    } else {
      name_dialled(calls, into);
    }
  }

  const std::vector<neighbourhood>& all() const noexcept { return all_; }

 private:
  void name_dialled(const replay_calls& calls, std::vector<std::string>& into) {
    neighbourhood& here = *std::find_if(all_.begin(), all_.end(), [&](const neighbourhood& each) {
      return std::find(each.ends.begin(), each.ends.end(), calls.end) != each.ends.end();
    });
    std::string domain = "d" + std::to_string(here.domains++) + ".";
    if (calls.implicit_mx) {
      here.has_implicit = true;
      if (here.hosts_max == 0) here.dead_hosts.insert(0);
      domain += "implicit.";
    } else {
      here.dead_hosts.insert(calls.dead_hosts);
      domain += "mx" + std::to_string(calls.dead_hosts) + ".";
    }
    domain += here.zone_name();
    const bool is_refused = calls.end == call_end::rcpt_to;
    if (calls.askers == 1) return into.push_back((is_refused ? "zed@" : "ann@") + domain);
    for (unsigned i = 1; i <= calls.askers; ++i) {
      into.push_back("zed" + std::to_string(i) + "@" + domain);
    }
  }

  std::vector<neighbourhood> all_ = neighbourhoods();
  std::uint64_t skipped_ = 0;
  std::uint64_t bad_ = 0;
};

// In whole numbers, so that it is the same everywhere.
std::vector<std::string> repeat(const std::vector<replay_questions>& months,
                                random_source& chance) {
  std::vector<std::string> known;
  std::size_t length = 0;
  for (const replay_questions& each : months) {
    length += each.addresses.size();
    std::copy_if(each.addresses.begin(), each.addresses.end(), std::back_inserter(known),
                 [](const std::string& one) { return !one.ends_with(replay_opted_out); });
  }
  if (known.empty()) return {};
  mix(known, chance);
  known.resize(std::min(known.size(), (length + senders_share - 1) / senders_share));
  constexpr std::uint64_t weight_of_first = std::uint64_t{1} << 32U;
  std::vector<std::uint64_t> up_to;  // sums of the weights
  for (std::uint64_t i = 0; i < known.size(); ++i) {
    up_to.push_back((up_to.empty() ? 0 : up_to.back()) + weight_of_first / (i + 1));
  }
  std::vector<std::string> drawn;
  for (std::size_t i = 0; i < length; ++i) {
    const std::uint64_t where = chance() % up_to.back();
    const auto found = std::upper_bound(up_to.begin(), up_to.end(), where);
    drawn.push_back(known[static_cast<std::size_t>(found - up_to.begin())]);
  }
  return drawn;
}

}  // namespace

boost::system::result<replay, table_error> make_replay(const std::vector<replay_month>& table) {
  std::uint64_t calls = 0;
  for (const replay_month& each : table) {
    calls += each.calls;
    if (calls <= replay_calls_max) continue;
    return table_error{
        each.line, "calls",
        "expected at most " + std::to_string(replay_calls_max) + " in all months together"};
  }
  seeded_random chance(seed);
  replay made;
  namer names;
  for (const replay_month& each : table) {
    const auto planned = plan_month(each, chance);
    if (!planned) return planned.error();
    replay_questions month{each.month, {}};
    for (const replay_calls& one : *planned) names.name(one, month.addresses);
    made.months.push_back(std::move(month));
  }
  world_writer world;
  for (const neighbourhood& each : names.all()) world.write(each);
  made.world = world.text();
  made.repeated = repeat(made.months, chance);
  return made;
}

}  // namespace cbv::sim
