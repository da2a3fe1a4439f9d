#include "tests/sim/far_side_ledger.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "cbv/base/ascii.hpp"

namespace cbv::sim {
namespace {

// To these a client that may says HELO.
constexpr std::array ehlo_unknown{500, 501, 502, 503, 504, 550};

bool is_last(std::string_view line) {
  return line.size() < 4 || line[3] != '-';
}

std::string_view first_word(std::string_view text) {
  return text.substr(0, text.find(' '));
}

}  // namespace

void far_side_ledger::note(const event& seen) {
  conversation& in = all_[{seen.host, seen.connection}];
  switch (seen.kind) {
    case event_kind::connected:
      latest_ = &in;
      ++counted_.sessions;
      break;
    case event_kind::heard:
      in.heard = seen.text;
      break;
    case event_kind::said:
      say(in, seen.text);
      break;
    case event_kind::noted:
      if (seen.text.starts_with("TLS: ")) {
        in.in_tls = true;
      } else {  // binary noise and the like: the end of what can be understood
        in.unsent.push_back(reply{{}, {}, 0, in.octets, in.in_tls});
      }
      break;
    default:
      break;
  }
}

void far_side_ledger::say(conversation& in, std::string_view line) const {
  in.octets += line.size() + 2;
  if (in.first_line.empty()) in.first_line = line;
  if (!is_last(line)) return;
  std::string to = std::exchange(in.heard, {});
  if (!std::exchange(in.greeted, true)) to = "(greeting)";
  const int code = std::atoi(std::string(line.substr(0, 3)).c_str());
  in.unsent.push_back(
      reply{std::move(to), std::exchange(in.first_line, {}), code, in.octets, in.in_tls});
}

void far_side_ledger::accepted(std::uint64_t line) {
  by_line_[line] = latest_;
}

// In TLS nothing is read of a record before all of it is there.
void far_side_ledger::sends(std::uint64_t line, std::size_t octets) {
  conversation& in = *by_line_.at(line);
  for (reply& each : in.unsent) {
    each.end = in.sent + (each.in_tls ? octets : each.end);
    in.unread.push_back(std::move(each));
  }
  in.unsent.clear();
  in.octets = 0;
  in.sent += octets;
}

void far_side_ledger::taken(std::uint64_t line, std::size_t octets) {
  const auto found = by_line_.find(line);
  if (found == by_line_.end()) return;
  conversation& in = *found->second;
  while (!in.unread.empty() && in.unread.front().end <= octets) {
    const reply said = std::move(in.unread.front());
    in.unread.pop_front();
    if (!in.is_over) read(in, said);
    in.written.clear();
  }
}

void far_side_ledger::written(std::uint64_t line, std::string_view bytes) {
  const auto found = by_line_.find(line);
  if (found != by_line_.end()) found->second->written += bytes;
}

void far_side_ledger::read(conversation& in, const reply& said) {
  const bool is_refusal = said.code >= 400;
  const std::string command = ascii::to_lower(first_word(said.to));
  in.is_over = true;  // but for what is said below
  if (said.code == 0) return;
  if (said.to.empty()) {
    // The host gave the client up while that was at rest. If it was about to ask, that is its
    // answer; if it was about to leave, it is none.
    // In TLS the line has the octets a moment before the client does, which may say MAIL meanwhile.
    if (said.in_tls) crossed_in_tls_ = true;
    if (in.written.empty() || !is_refusal) return;
    if (in.written.starts_with("MAIL ")) ++counted_.refused_mail_from;
  } else if (command == "(greeting)") {
    const std::string_view text = std::string_view(said.first_line).substr(4);
    in.is_over = said.code != 220 || ascii::iequals(first_word(text), own_name_);
    if (is_refusal) ++counted_.refused_welcome;
  } else if (command == "noop") {
    in.is_over = said.code != 250;
    if (is_refusal) ++counted_.refused_noop;
  } else if (command == "ehlo" || command == "helo" || command == "lhlo") {
    const bool helo_follows =
        command == "ehlo" && !said.in_tls &&
        std::find(ehlo_unknown.begin(), ehlo_unknown.end(), said.code) != ehlo_unknown.end();
    in.is_over = said.code != 250 && !helo_follows;
    if (is_refusal && in.is_over) ++counted_.refused_helo;
  } else if (command == "starttls") {
    in.is_over = said.code != 220 && (!is_refusal || said.code == 421);
  } else if (command == "auth") {
    in.is_over = said.code != 235;
  } else if (command == "mail") {
    read_mail(in, said);
  } else if (command == "rcpt") {
    read_rcpt(in, said);
  } else if (command == "rset") {
    in.is_over = said.code / 100 != 2;
  }
}

void far_side_ledger::read_mail(conversation& in, const reply& said) {
  in.mail_refused = said.code >= 400;
  if (in.mail_refused) ++counted_.refused_mail_from;
  in.is_over = said.code == 421 || (said.code < 400 && said.code != 250);
}

// To a RCPT that was on its way when MAIL was refused nothing is said that counts.
void far_side_ledger::read_rcpt(conversation& in, const reply& said) {
  const bool counts = !std::exchange(in.mail_refused, false);
  in.is_over = said.code == 421 || (counts && said.code / 100 == 3);
  if (!counts || said.code / 100 == 3) return;
  if (is_test_(said.to)) {
    ++tests_;
  } else {
    ++(said.code >= 500   ? counted_.refused_rcpt_to
       : said.code >= 400 ? counted_.deferred
                          : counted_.accepted);
  }
}

}  // namespace cbv::sim
