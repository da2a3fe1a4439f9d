#include "tools/cbv-sim/smtp_command.hpp"

#include <algorithm>
#include <array>

#include "cbv/base/ascii.hpp"

namespace cbv::sim {

smtp_command read_command(std::string_view line) {
  struct name {
    std::string_view word;
    verb what;
  };
  constexpr std::array names{
      name{"EHLO", verb::ehlo},  name{"HELO", verb::helo},         name{"LHLO", verb::lhlo},
      name{"MAIL", verb::mail},  name{"STARTTLS", verb::starttls}, name{"AUTH", verb::auth},
      name{"RCPT", verb::rcpt},  name{"RSET", verb::rset},         name{"QUIT", verb::quit},
      name{"NOOP", verb::noop},  name{"VRFY", verb::vrfy},         name{"DATA", verb::data},
      name{"BDAT", verb::bdat},  name{"EXPN", verb::known},        name{"HELP", verb::known},
      name{"TURN", verb::known},
  };
  const std::size_t length = std::min(line.find(' '), line.size());
  smtp_command read;
  read.argument = ascii::trim(line.substr(length));
  for (const name& each : names) {
    if (ascii::iequals(line.substr(0, length), each.word)) read.what = each.what;
  }
  return read;
}

std::optional<dialogue_stage> stage_of(verb what) noexcept {
  switch (what) {
    case verb::ehlo:
    case verb::helo:
    case verb::lhlo:
      return dialogue_stage::ehlo;
    case verb::noop:
      return dialogue_stage::noop;
    case verb::starttls:
      return dialogue_stage::starttls;
    case verb::auth:
      return dialogue_stage::auth;
    case verb::mail:
      return dialogue_stage::mail;
    case verb::rcpt:
      return dialogue_stage::rcpt;
    case verb::rset:
      return dialogue_stage::rset;
    case verb::quit:
      return dialogue_stage::quit;
    case verb::vrfy:
    case verb::data:
    case verb::bdat:
    case verb::known:
    case verb::unknown:
      return std::nullopt;
  }
  return std::nullopt;
}

bool ends_a_group(verb what) noexcept {
  switch (what) {
    case verb::ehlo:
    case verb::helo:
    case verb::lhlo:
    case verb::starttls:
    case verb::auth:
    case verb::quit:
    case verb::noop:
    case verb::vrfy:
    case verb::data:
      return true;
    default:
      return false;
  }
}

}  // namespace cbv::sim
