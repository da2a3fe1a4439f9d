#include "tests/sim/random_temper.hpp"

#include <array>
#include <cstddef>
#include <string_view>

namespace cbv::sim {
namespace {

std::size_t below(random_source& chance, std::size_t n) {
  return static_cast<std::size_t>(chance() % n);
}

template <class Many>
const auto& pick(random_source& chance, const Many& many) {
  return many[below(chance, many.size())];
}

// Hosts that say what is so, each in its way.
constexpr std::array<std::string_view, 20> honest{
    "",
    "",
    "",
    "",
    "",
    "  pipelining off\n",
    "  pipelining off\n",
    "  ehlo off\n",
    "  smtputf8 on\n",
    "  greylist 5m\n",
    "  greylist 1h \"450 4.2.0 Greylisted, try again in {seconds} seconds\"\n",
    "  tarpit 3s\n",
    "  tarpit 40s\n",
    "  delay rcpt 20s\n",
    "  delay greeting 2m\n",
    "  drop after rcpt\n",
    "  refusal-limit 1\n",
    "  connection-limit 1\n",
    "  idle 1s\n",
    "  recipient-limit 1\n",
};

constexpr std::array<std::string_view, 15> protection{
    "  tls on\n",
    "  tls on\n",
    "  tls on name=*.hosts.example\n",
    "  tls on name=*.hosts.example\n",
    "  tls on\n  pipelining clear\n",
    "  tls on\n  pipelining tls\n",
    "  tls required\n",
    "  tls required\n",
    "  tls on certificate=self-signed\n",
    "  tls on certificate=expired\n",
    "  tls on certificate=wrong-name\n",
    "  tls on versions=1.2\n",
    "  tls on versions=1.1\n",
    "  tls on\n  refuse starttls \"454 4.7.0 TLS not available\"\n",
    "  tls on\n  inject \"250 2.1.5 Ok\"\n",
};

// About us, or about nothing at all; and words about a mailbox where none was named, or with a code
// that is no refusal of one.
constexpr std::array<std::string_view, 24> not_about_the_mailbox{
    "  dead\n",
    "  unreachable\n",
    "  refuse greeting \"554 5.7.1 No SMTP service here\"\n",
    "  refuse greeting \"421 4.3.2 Too busy\"\n",
    "  refuse greeting \"521 5.7.1 Blocked\"\n",
    "  refuse greeting \"550 5.1.1 User unknown\"\n",
    "  refuse ehlo \"550 5.7.1 Access denied\"\n",
    "  refuse ehlo \"550 5.1.1 No such user here\"\n",
    "  refuse ehlo \"421 4.7.0 Go away\"\n",
    "  refuse mail \"451 4.3.0 Try again later\"\n",
    "  refuse mail \"421 4.7.0 Too many messages\"\n",
    "  refuse mail \"550 5.1.1 User unknown\"\n",
    "  refuse rcpt \"550 5.7.1 Client host [{client}] blocked using zen.spamhaus.org\"\n",
    "  refuse rcpt \"550 5.7.1 {helo}: helo command rejected\"\n",
    "  refuse rcpt \"451 4.3.5 Server configuration problem\"\n",
    "  refuse rcpt \"450 5.1.1 User unknown\"\n",
    "  refuse rcpt \"421 5.1.1 User unknown\"\n",
    "  refuse rcpt \"354 5.1.1 User unknown\"\n",
    "  refuse rcpt \"550 Requested action not taken\"\n",
    "  refuse rset \"550 5.1.1 User unknown\"\n",
    "  refuse rset \"421 4.4.2 Bye\"\n",
    "  refuse quit \"550 5.1.1 User unknown\"\n",
    "  refuse noop \"550 5.1.1 User unknown\"\n",
    "  unknown-user \"450 4.1.1 User unknown\"\n",
};

constexpr std::array<std::string_view, 3> refusals_of_bounces{
    "  reject-null-sender\n",
    "  refuse rcpt \"550 5.7.1 Null sender is not allowed\"\n",
    "  refuse mail \"553 5.1.8 Sender address rejected: Domain not found\"\n",
};

constexpr std::array<std::string_view, 9> stages{
    "greeting", "noop", "ehlo", "starttls", "handshake", "mail", "rcpt", "rset", "quit"};

constexpr std::array<std::string_view, 6> breakages{"drop",         "drop after",    "noise",
                                                    "endless-line", "endless-reply", "silent"};

constexpr std::array<std::string_view, 4> numbers{"", "", " 2", " 3"};

// Something breaks at some stage, the first time or a later one.
std::string draw_breakage(random_source& chance) {
  const std::string_view stage = pick(chance, stages);
  const bool is_handshake = stage == "handshake";
  std::string_view kind = pick(chance, breakages);
  if (is_handshake && kind.starts_with("endless")) kind = "silent";
  std::string lines = "  ";
  lines.append(kind).append(" ").append(stage);
  if (!is_handshake) lines.append(pick(chance, numbers));
  return lines + '\n';
}

temper draw_dialogue(random_source& chance) {
  const std::size_t which = below(chance, 100);
  if (which < 45) return {std::string(pick(chance, honest))};
  if (which < 55) return {"  catch-all\n", true};
  if (which < 59) return {"  refuse greeting \"521 {host} does not accept mail\"\n", false, true};
  if (which < 63) return {std::string(pick(chance, refusals_of_bounces)), false, false, true};
  if (which < 65) {
    return {"  command-limit " + std::to_string(3 + below(chance, 8)) + '\n'};
  }
  if (which < 80) return {std::string(pick(chance, not_about_the_mailbox))};
  return {draw_breakage(chance)};
}

}  // namespace

temper draw_temper(random_source& chance) {
  temper drawn = draw_dialogue(chance);
  const bool has_its_own =
      drawn.lines.find("pipelining") != std::string::npos || drawn.lines.find("dead") == 2;
  if (has_its_own || below(chance, 100) >= 30) return drawn;
  drawn.lines.append(pick(chance, protection));
  return drawn;
}

}  // namespace cbv::sim
