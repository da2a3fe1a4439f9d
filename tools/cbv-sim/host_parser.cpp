#include <algorithm>
#include <array>
#include <boost/asio/ip/network_v4.hpp>
#include <limits>
#include <optional>
#include <utility>

#include "cbv/base/ascii.hpp"
#include "tools/cbv-sim/section_parsers.hpp"

namespace cbv::sim {
namespace {

using words = std::vector<field>;

constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();
constexpr std::uint64_t count_max = 1'000'000'000;
constexpr int range_bits_least = 8;

std::string shown(std::string_view text) {
  return "'" + ascii::printable(text) + "'";
}

std::string without_last_dot(std::string_view name) {
  if (name.size() > 1 && name.ends_with('.')) name.remove_suffix(1);
  return std::string(name);
}

dialogue_stage read_stage(std::string_view word) {
  for (std::size_t i = 0; i < dialogue_stages; ++i) {
    const auto stage = static_cast<dialogue_stage>(i);
    if (word == to_string(stage)) return stage;
  }
  throw complaint("expected a stage (greeting, ehlo, mail, rcpt, rset, quit), not " + shown(word));
}

// A reply as it is written in a world: "550 5.1.1 text", several lines parted by line feeds.
std::string read_reply(const field& word) {
  const std::string& text = word.text;
  const bool is_reply = text.size() >= 3 && text[0] >= '2' && text[0] <= '5' &&
                        ascii::is_digit(text[1]) && ascii::is_digit(text[2]) &&
                        (text.size() == 3 || text[3] == ' ');
  if (!word.quoted || !is_reply) {
    throw complaint("expected a reply in quotes, such as \"550 5.7.1 Text\", not " + shown(text));
  }
  return text;
}

std::string_view expect_address(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at + 1 == text.size()) {
    throw complaint("expected an address such as ann@example.net, not " + shown(text));
  }
  return text;
}

// Adds addresses, and their domains where these are spelled out, since a host that has a mailbox
// takes mail for it.
void add_mailboxes(const words& line, name_set& into, name_set& domains) {
  for (std::size_t i = 1; i < line.size(); ++i) {
    const std::string_view address = expect_address(line[i].text);
    into.add(address);
    const std::string_view domain = address.substr(address.rfind('@') + 1);
    if (domain != "*") domains.add(domain);
  }
}

void add_names(const words& line, name_set& into) {
  for (std::size_t i = 1; i < line.size(); ++i) into.add(without_last_dot(line[i].text));
}

std::uint32_t read_count(const words& line) {
  expect_words(line, 1, 1, line[0].text + " NUMBER");
  return static_cast<std::uint32_t>(read_number(line[1].text, count_max, "a number"));
}

stage_temper& stage_of(host& to, const field& word) {
  return to.stages[static_cast<std::size_t>(read_stage(word.text))];
}

void read_domain(host& to, const words& line) {
  expect_words(line, 1, any_number, "domain NAME...");
  add_names(line, to.domains);
}

void read_mailbox(host& to, const words& line) {
  expect_words(line, 1, any_number, "mailbox ADDRESS...");
  add_mailboxes(line, to.mailboxes, to.domains);
}

void read_full(host& to, const words& line) {
  expect_words(line, 1, any_number, "full ADDRESS...");
  add_mailboxes(line, to.full, to.domains);
}

void read_disabled(host& to, const words& line) {
  expect_words(line, 1, any_number, "disabled ADDRESS...");
  add_mailboxes(line, to.disabled, to.domains);
}

void read_catch_all(host& to, const words& line) {
  if (line.size() == 1) to.catch_all = true;
  add_names(line, to.catch_all_domains);
  add_names(line, to.domains);
}

void read_greylist(host& to, const words& line) {
  expect_words(line, 1, 2, "greylist TIME [\"REPLY\"]");
  to.greylist = read_duration(line[1].text);
  if (line.size() > 2) to.greylisted = read_reply(line[2]);
}

void read_tarpit(host& to, const words& line) {
  expect_words(line, 1, 1, "tarpit TIME");
  to.tarpit = read_duration(line[1].text);
}

void read_delay(host& to, const words& line) {
  expect_words(line, 2, 2, "delay STAGE TIME");
  stage_of(to, line[1]).delay = read_duration(line[2].text);
}

void read_refuse(host& to, const words& line) {
  expect_words(line, 2, 3, "refuse STAGE [ADDRESS] \"REPLY\"");
  if (line.size() == 3) {
    stage_of(to, line[1]).refusal = read_reply(line[2]);
    return;
  }
  const dialogue_stage stage = read_stage(line[1].text);
  if (stage != dialogue_stage::mail && stage != dialogue_stage::rcpt) {
    throw complaint("expected mail or rcpt where an address is refused");
  }
  to.refusals.push_back({stage, pattern(expect_address(line[2].text)), read_reply(line[3])});
}

void read_drop(host& to, const words& line) {
  expect_words(line, 1, 2, "drop [before|after] STAGE");
  const bool has_when = line.size() == 3;
  if (has_when && line[1].text != "before" && line[1].text != "after") {
    throw complaint("expected drop [before|after] STAGE");
  }
  const bool after = has_when && line[1].text == "after";
  stage_of(to, line.back()).bad = after ? misbehaviour::drop_after : misbehaviour::drop;
}

template <misbehaviour Bad>
void read_misbehaviour(host& to, const words& line) {
  expect_words(line, 1, 1, line[0].text + " STAGE");
  stage_of(to, line[1]).bad = Bad;
}

template <std::string host::*Reply>
void read_wording(host& to, const words& line) {
  expect_words(line, 1, 1, line[0].text + " \"REPLY\"");
  to.*Reply = read_reply(line[1]);
}

void read_null_sender(host& to, const words& line) {
  expect_words(line, 0, 1, "reject-null-sender [\"REPLY\"]");
  to.null_sender = line.size() > 1 ? read_reply(line[1]) : "550 5.7.1 Null sender refused";
}

template <bool host::*Switch>
void read_on_off(host& to, const words& line) {
  expect_words(line, 1, 1, line[0].text + " on|off");
  to.*Switch = read_switch(line[1].text);
}

template <std::uint32_t host::*Limit>
void read_limit(host& to, const words& line) {
  to.*Limit = read_count(line);
}

void read_tls(host&, const words& line) {
  if (line.size() != 2 || line[1].text != "off") {
    throw complaint("expected tls off: this version has no TLS");
  }
}

void read_idle(host& to, const words& line) {
  expect_words(line, 1, 1, "idle TIME");
  to.idle = read_duration(line[1].text);
}

template <reachability How>
void read_reach(host& to, const words& line) {
  expect_words(line, 0, 0, line[0].text + " with nothing behind it");
  to.reach = How;
}

struct setting {
  std::string_view word;
  void (*read)(host&, const words&);
};

constexpr std::array settings{
    setting{"domain", read_domain},
    setting{"mailbox", read_mailbox},
    setting{"full", read_full},
    setting{"disabled", read_disabled},
    setting{"catch-all", read_catch_all},
    setting{"unknown-user", read_wording<&host::unknown_user>},
    setting{"relay-denied", read_wording<&host::relay_denied>},
    setting{"reject-null-sender", read_null_sender},
    setting{"greylist", read_greylist},
    setting{"refuse", read_refuse},
    setting{"tarpit", read_tarpit},
    setting{"delay", read_delay},
    setting{"drop", read_drop},
    setting{"noise", read_misbehaviour<misbehaviour::noise>},
    setting{"endless-line", read_misbehaviour<misbehaviour::endless_line>},
    setting{"endless-reply", read_misbehaviour<misbehaviour::endless_reply>},
    setting{"silent", read_misbehaviour<misbehaviour::silent>},
    setting{"ehlo", read_on_off<&host::ehlo>},
    setting{"pipelining", read_on_off<&host::pipelining>},
    setting{"smtputf8", read_on_off<&host::smtputf8>},
    setting{"tls", read_tls},
    setting{"idle", read_idle},
    setting{"recipient-limit", read_limit<&host::recipients_max>},
    setting{"refusal-limit", read_limit<&host::refusals_max>},
    setting{"connection-limit", read_limit<&host::connections_max>},
    setting{"dead", read_reach<reachability::dead>},
    setting{"unreachable", read_reach<reachability::unreachable>},
};

std::string setting_words() {
  std::string all;
  for (const setting& each : settings) all.append(all.empty() ? "" : ", ").append(each.word);
  return all;
}

void read_range(host& to, std::string_view text) {
  boost::system::error_code problem;
  const asio::ip::network_v4 network = asio::ip::make_network_v4(std::string(text), problem);
  if (problem || network != network.canonical() || network.prefix_length() < range_bits_least) {
    throw complaint("expected an IPv4 network such as 127.1.0.0/16 (at least /8), not " +
                    shown(text));
  }
  to.is_range = true;
  to.first = network.network();
  to.size = static_cast<std::uint32_t>(std::uint64_t{1} << (32U - network.prefix_length()));
}

}  // namespace

host_parser::host_parser(const text_line& heading) {
  const words line = heading.fields();
  host_.line = heading.number;
  if (line[0].text == "hosts") {
    expect_words(line, 1, 2, "hosts NETWORK [NAME]");
    read_range(host_, line[1].text);
  } else {
    expect_words(line, 1, 2, "host ADDRESS [NAME]");
    boost::system::error_code problem;
    host_.first = asio::ip::make_address(line[1].text, problem);
    if (problem) throw complaint("expected an IP address, not " + shown(line[1].text));
  }
  if (line.size() > 2) {
    host_.name = without_last_dot(line[2].text);
  } else {
    host_.name = host_.is_range ? "host{}.invalid" : "[" + host_.first.to_string() + "]";
  }
  check_form(host_.name);
}

void host_parser::read_line(const text_line& line) {
  if (read_script_line(line)) {
    if (has_settings_) throw complaint("expected either settings or a script in a host, not both");
    return;
  }
  if (!host_.scripts.empty()) {
    throw complaint("expected S:, C:, after TIME, drop, silence or session in a script");
  }
  has_settings_ = true;
  const words fields = line.fields();
  for (const setting& each : settings) {
    if (fields[0].text == each.word) return each.read(host_, fields);
  }
  throw complaint("expected one of " + setting_words() + ", or a script; not " +
                  shown(fields[0].text));
}

script_step& host_parser::add_step(script_step step) {
  if (host_.scripts.empty()) host_.scripts.emplace_back();
  return host_.scripts.back().emplace_back(std::move(step));
}

bool host_parser::read_script_line(const text_line& line) {
  const std::string_view raw = line.raw;
  if (raw.starts_with("S:") || raw.starts_with("C:")) {
    std::string_view said = raw.substr(2);
    if (said.starts_with(' ')) said.remove_prefix(1);
    if (raw[0] == 'C') {
      add_step({script_step::expect, std::string(said), {}, line.number});
    } else {
      const bool cut = said.ends_with("\\c");
      if (cut) said.remove_suffix(2);
      add_step({script_step::say, unescape(said) + (cut ? "" : "\r\n"), {}, line.number});
    }
    return true;
  }
  const words fields = line.fields();
  const std::string& word = fields[0].text;
  if (word == "session" && fields.size() == 1) {
    host_.scripts.emplace_back();
  } else if (word == "after" && fields.size() == 2) {
    add_step({script_step::wait, "", read_duration(fields[1].text), line.number});
  } else if (word == "drop" && fields.size() == 1) {
    add_step({script_step::drop, "", {}, line.number});
  } else if (word == "silence" && fields.size() == 1) {
    add_step({script_step::silence, "", {}, line.number});
  } else {
    return false;
  }
  return true;
}

host host_parser::finish() {
  if (host_.is_range && host_.reach != reachability::open) {
    throw complaint("expected dead and unreachable in a host of its own, not in a range");
  }
  return std::move(host_);
}

}  // namespace cbv::sim
