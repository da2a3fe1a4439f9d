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
  throw complaint(
      "expected a stage (greeting, ehlo, noop, starttls, handshake, auth, mail, rcpt, rset, quit), "
      "not " +
      shown(word));
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

// STAGE [NUMBER], from a place in the line on.
void set_misbehaviour(host& to, const words& line, std::size_t at, misbehaviour bad) {
  stage_temper& temper = stage_of(to, line[at]);
  temper.bad = bad;
  if (line.size() == at + 1) return;
  temper.bad_from =
      static_cast<std::uint32_t>(read_number(line[at + 1].text, count_max, "a number"));
}

void read_drop(host& to, const words& line) {
  expect_words(line, 1, 3, "drop [before|after] STAGE [NUMBER]");
  const bool after = line[1].text == "after";
  const bool has_when = after || line[1].text == "before";
  expect_words(line, has_when ? 2 : 1, has_when ? 3 : 2, "drop [before|after] STAGE [NUMBER]");
  set_misbehaviour(to, line, has_when ? 2 : 1,
                   after ? misbehaviour::drop_after : misbehaviour::drop);
}

template <misbehaviour Bad>
void read_misbehaviour(host& to, const words& line) {
  expect_words(line, 1, 2, line[0].text + " STAGE [NUMBER]");
  set_misbehaviour(to, line, 1, Bad);
  const bool is_endless = Bad == misbehaviour::endless_line || Bad == misbehaviour::endless_reply;
  if (is_endless && line[1].text == "handshake") {
    throw complaint("expected drop, noise or silent at the handshake");
  }
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

template <offer host::*Offer>
void read_offer(host& to, const words& line) {
  expect_words(line, 1, 1, line[0].text + " on|off|clear|tls");
  const std::string& word = line[1].text;
  if (word == "clear") {
    to.*Offer = offer::clear;
  } else if (word == "tls") {
    to.*Offer = offer::tls;
  } else {
    to.*Offer = read_switch(word) ? offer::on : offer::off;
  }
}

certificate_kind read_certificate(std::string_view word) {
  if (word == "good") return certificate_kind::good;
  if (word == "self-signed") return certificate_kind::self_signed;
  if (word == "expired") return certificate_kind::expired;
  if (word == "wrong-name") return certificate_kind::wrong_name;
  throw complaint("expected certificate=good|self-signed|expired|wrong-name, not " + shown(word));
}

net::tls_version read_version(std::string_view word) {
  if (word == "1.0") return net::tls_version::v1_0;
  if (word == "1.1") return net::tls_version::v1_1;
  if (word == "1.2") return net::tls_version::v1_2;
  if (word == "1.3") return net::tls_version::v1_3;
  throw complaint("expected a version of TLS, 1.0 to 1.3, not " + shown(word));
}

// KEY=VALUE, from a place in the line on.
void read_tls_details(tls_temper& to, const words& line, std::size_t at) {
  for (; at < line.size(); ++at) {
    const std::string_view text = line[at].text;
    const std::size_t equals = std::min(text.find('='), text.size());
    const std::string_view key = text.substr(0, equals);
    const std::string_view value = text.substr(std::min(equals + 1, text.size()));
    if (key == "certificate") {
      to.certificate = read_certificate(value);
    } else if (key == "versions") {
      const std::size_t hyphen = std::min(value.find('-'), value.size());
      to.least = read_version(value.substr(0, hyphen));
      to.most = hyphen < value.size() ? read_version(value.substr(hyphen + 1)) : to.least;
      if (to.least > to.most) throw complaint("expected the lower version first");
    } else if (key == "name" && !value.empty()) {
      to.name = without_last_dot(value);
    } else {
      throw complaint("expected certificate=KIND, versions=LEAST-MOST or name=NAME, not " +
                      shown(text));
    }
  }
}

void read_tls(host& to, const words& line) {
  expect_words(line, 1, 4,
               "tls on|off|required [certificate=KIND] [versions=LEAST-MOST] [name=NAME]");
  to.tls.required = line[1].text == "required";
  to.tls.offered = to.tls.required || read_switch(line[1].text);
  read_tls_details(to.tls, line, 2);
}

void read_inject(host& to, const words& line) {
  expect_words(line, 1, 1, "inject \"REPLY\"");
  to.tls.injected = read_reply(line[1]);
}

void read_auth(host& to, const words& line) {
  expect_words(line, 2, 2, "auth USER PASSWORD");
  to.user = line[1].text;
  to.password = line[2].text;
}

template <bool host::*Flag>
void read_flag(host& to, const words& line) {
  expect_words(line, 0, 0, line[0].text + " with nothing behind it");
  to.*Flag = true;
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
    setting{"pipelining", read_offer<&host::pipelining>},
    setting{"smtputf8", read_offer<&host::smtputf8>},
    setting{"tls", read_tls},
    setting{"inject", read_inject},
    setting{"auth", read_auth},
    setting{"auth-required", read_flag<&host::auth_required>},
    setting{"lmtp", read_flag<&host::lmtp>},
    setting{"idle", read_idle},
    setting{"recipient-limit", read_limit<&host::recipients_max>},
    setting{"refusal-limit", read_limit<&host::refusals_max>},
    setting{"command-limit", read_limit<&host::commands_max>},
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

void read_place(host& to, const std::string& text) {
  constexpr std::string_view local = "unix:";
  constexpr std::size_t path_octets_max = 107;  // of a socket's name
  if (text.starts_with(local)) {
    to.path = text.substr(local.size());
    if (!to.path.starts_with('/') || to.path.size() > path_octets_max) {
      throw complaint("expected unix: and an absolute path of at most 107 octets, not " +
                      shown(text));
    }
    return;
  }
  boost::system::error_code problem;
  to.first = asio::ip::make_address(text, problem);
  if (problem) throw complaint("expected an IP address or unix:PATH, not " + shown(text));
}

}  // namespace

host_parser::host_parser(const text_line& heading) {
  const words line = heading.fields();
  host_.line = heading.number;
  if (line[0].text == "hosts") {
    expect_words(line, 1, 2, "hosts NETWORK [NAME]");
    read_range(host_, line[1].text);
  } else {
    expect_words(line, 1, 2, "host ADDRESS|unix:PATH [NAME]");
    read_place(host_, line[1].text);
  }
  if (line.size() > 2) {
    host_.name = without_last_dot(line[2].text);
  } else {
    host_.name = host_.is_range       ? "host{}.invalid"
                 : host_.path.empty() ? "[" + host_.first.to_string() + "]"
                                      : "localhost";
  }
  check_form(host_.name);
}

void host_parser::read_line(const text_line& line) {
  if (read_script_line(line)) {
    if (has_settings_) throw complaint("expected either settings or a script in a host, not both");
    return;
  }
  if (!host_.scripts.empty()) {
    throw complaint("expected S:, C:, after TIME, handshake, drop, silence or session in a script");
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
  } else if (word == "handshake") {
    host_.tls.offered = true;
    read_tls_details(host_.tls, fields, 1);
    add_step({script_step::handshake, "", {}, line.number});
  } else {
    return false;
  }
  return true;
}

host host_parser::finish() {
  if (host_.is_range && host_.reach != reachability::open) {
    throw complaint("expected dead and unreachable in a host of its own, not in a range");
  }
  if (!host_.path.empty() && host_.reach == reachability::unreachable) {
    throw complaint("expected a host on a unix socket to be dead, if anything");
  }
  return std::move(host_);
}

}  // namespace cbv::sim
