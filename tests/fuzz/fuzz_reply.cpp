// The reply parser and what is made of replies.
//
// The first octet seeds the cutting of the rest into pieces. Whatever the pieces, the parser gives
// the same replies and the same error; what it gives is within its limits; and no reply is read as
// a rejection but a 5xx at RCPT, or "no mail here" at the greeting, whatever rules are added.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cbv/smtp/command.hpp"
#include "cbv/smtp/reply.hpp"
#include "cbv/smtp/reply_class.hpp"
#include "cbv/smtp/reply_delay.hpp"
#include "cbv/smtp/reply_rulebook.hpp"

namespace {

using namespace cbv;
using namespace cbv::smtp;

constexpr reply_limits limits{200, 8, 600};

void require(bool holds) {
  if (!holds) std::abort();
}

struct outcome {
  std::vector<reply> replies;
  error_code ended;

  friend bool operator==(const outcome&, const outcome&) = default;
};

void check_limits(const reply& said) {
  require(said.code >= 200 && said.code <= 599);
  require(!said.lines.empty() && said.lines.size() <= limits.lines_max);
  std::size_t octets = 0;
  for (const std::string& line : said.lines) {
    require(line.size() <= limits.line_octets_max && line.find('\n') == std::string::npos);
    octets += line.size();
  }
  require(octets <= limits.reply_octets_max);
  require(!said.enhanced || said.enhanced->class_digit == said.code / 100);
}

outcome read(std::string_view bytes, std::uint32_t seed) {
  reply_parser parser(limits);
  outcome seen;
  while (!bytes.empty()) {
    seed = seed * 1664525U + 1013904223U;
    const std::size_t piece = 1 + (seed >> 16U) % 40;
    parser.feed(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    while (true) {
      auto next = parser.next();
      if (!next) {
        seen.ended = next.error();
        return seen;
      }
      if (!*next) break;
      check_limits(**next);
      seen.replies.push_back(std::move(**next));
    }
  }
  return seen;
}

outcome read_at_once(std::string_view bytes) {
  reply_parser parser(limits);
  parser.feed(bytes);
  outcome seen;
  while (true) {
    auto next = parser.next();
    if (!next) {
      seen.ended = next.error();
      return seen;
    }
    if (!*next) return seen;
    seen.replies.push_back(std::move(**next));
  }
}

// Rules as bad as the settings could have them, and worse: whatever is said is a rejection.
reply_rulebook wild_rules() {
  std::vector<added_rule> rules;
  for (const reason why :
       {reason::mailbox_not_found, reason::mailbox_disabled, reason::mailbox_moved,
        reason::host_takes_no_mail, reason::relay_denied, reason::null_sender_refused}) {
    for (const rule_place where : {rule_place::before, rule_place::after}) {
      added_rule wild;
      wild.where = where;
      wild.at = {~0U};
      wild.codes = {400, 599};
      wild.why = why;
      if (where == rule_place::before) wild.text = "{mailbox} ~ _ {unknown}/*a*|e* ~ _ ~ *|550 *";
      rules.push_back(wild);
    }
  }
  return reply_rulebook(std::move(rules));
}

void check_meaning(stage at, const reply& said, const reply_meaning& means) {
  require(!means.rule.empty() && means.rule != "none");
  if (means.status == status::deliverable) {
    require(at == stage::rcpt && said.code >= 250 && said.code <= 252);
  }
  if (means.reason == reason::relay_denied || means.reason == reason::null_sender_refused) {
    require(said.is_permanent() && means.status == status::unknown);
  }
  if (means.retry_after) {
    require(said.is_transient());
    require(*means.retry_after > std::chrono::seconds(0) && *means.retry_after <= delay_max);
  }
  if (means.status != status::undeliverable) return;
  require(said.is_permanent());
  require(at == stage::rcpt ||
          (at == stage::greeting && means.reason == reason::host_takes_no_mail));
}

void check_meanings(const reply& said) {
  static const reply_rulebook wild = wild_rules();
  constexpr std::array contexts{
      reply_context{"192.0.2.1", "probe.example.net"},
      reply_context{"192.0.2.1", "probe.example.net", true, "bob+tag@example.org"},
      reply_context{"", "probe.example.net", true, "\"@\"@example.net"},
      reply_context{"2001:db8::25", "", false}, reply_context{}};
  for (const stage at : {stage::greeting, stage::ehlo, stage::starttls, stage::mail, stage::rcpt}) {
    for (const reply_context& us : contexts) check_meaning(at, said, classify(at, said, us));
    check_meaning(at, said, classify(at, said, {}, wild));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const outcome whole = read_at_once(bytes);
  require(read(bytes, data[0]) == whole);
  for (const reply& said : whole.replies) {
    check_meanings(said);
    parse_extensions(said);
  }
  return 0;
}
