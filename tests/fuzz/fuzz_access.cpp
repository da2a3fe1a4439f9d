// Whatever stands in an access list: each line is refused with a reason that can be shown and a
// place in it, or is a rule that is written as a line which reads as the same rule. A list of all
// of it is asked about an envelope that is made of the lines, too.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/checks/access.hpp"
#include "cbv/checks/access_files.hpp"
#include "cbv/checks/access_rule.hpp"
#include "cbv/checks/wildcard.hpp"

namespace {

using namespace cbv::checks;

void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

bool can_be_shown(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

void check_line(std::string_view line) {
  const auto read = parse_access_rule(line);
  if (!read) {
    require(!read.error().what.empty() && can_be_shown(read.error().what), "a refusal says why");
    require(read.error().octet >= 1 && read.error().octet <= line.size() + 1, "and where");
    return;
  }
  if (!*read) return;
  const access_rule& rule = **read;
  require(rule.network.has_value() == (rule.form == access_form::network), "a network has one");
  require(rule.reply == reply_form{} || rule.action >= access_action::defer,
          "nothing is said to who is let through");
  const std::string written = to_string(rule);
  require(can_be_shown(written), "a rule can be shown");
  const auto again = parse_access_rule(written);
  require(again && *again && **again == rule, "what is written reads as the same rule");
  access_list list;
  require(!list.add(rule, 1), "one rule can be held");
  list.finish();
  require(list.size() == 1, "and is");
}

// The pieces of the text stand in for what clients say.
envelope envelope_of(std::string_view text) {
  std::vector<std::string> pieces{""};
  for (const char c : text) {
    if (c == ' ' || c == '\n') {
      pieces.emplace_back();
    } else {
      pieces.back() += c;
    }
  }
  const auto piece = [&pieces](std::size_t back) {
    return back < pieces.size() ? pieces[pieces.size() - 1 - back] : std::string();
  };
  envelope of;
  boost::system::error_code wrong;
  const auto client = boost::asio::ip::make_address(piece(0), wrong);
  if (!wrong) of.client = cbv::net::unmapped(client);
  of.helo = of.client_name = of.reverse_client_name = piece(0);
  of.sender = piece(0);
  of.recipient = piece(1);
  return of;
}

}  // namespace

// NOLINTNEXTLINE(readability-identifier-naming): the name is libFuzzer's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(data, data + size);
  std::string_view rest = text;
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    check_line(rest.substr(0, end));
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  access_list list;
  std::vector<list_fault> wrong;
  read_access_text("f", text, list, wrong);
  require(wrong.size() <= list_faults_max, "not more is said than can be read");
  list.finish();
  const envelope about = envelope_of(text);
  paths parsed;
  if (auto sender = cbv::parse_mailbox(about.sender)) parsed.sender = *sender;
  if (auto recipient = cbv::parse_mailbox(about.recipient)) parsed.recipient = *recipient;
  const finding found = check_access(list, about, parsed);
  require(can_be_shown(found.evidence), "evidence can be shown");
  require(found.outcome != outcome::unknown, "a list is never in doubt");
  require((found.outcome == outcome::fail) <= found.decision.has_value(), "a refusal decides");
  const std::size_t half = text.find('\n');
  if (half != std::string::npos && text.size() < 256)
    wildcard_matches(text.substr(0, half), text.substr(half + 1));
  return 0;
}
