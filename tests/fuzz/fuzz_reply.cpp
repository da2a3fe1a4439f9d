// The reply parser and what is made of replies.
//
// The first octet seeds the cutting of the rest into pieces. Whatever the pieces, the parser gives
// the same replies and the same error; what it gives is within its limits; and no reply is read as
// a rejection but a 5xx at RCPT, or "no mail here" at the greeting.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/smtp/command.hpp"
#include "cbv/smtp/reply.hpp"
#include "cbv/smtp/reply_class.hpp"

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

void check_meaning(const reply& said) {
  const reply_context us{"192.0.2.1", "probe.example.net"};
  for (const stage at : {stage::greeting, stage::ehlo, stage::starttls, stage::mail, stage::rcpt}) {
    const reply_meaning means = classify(at, said, us);
    require(!means.rule.empty() && means.rule != "none");
    if (means.status == status::deliverable) {
      require(at == stage::rcpt && said.code >= 250 && said.code <= 252);
    }
    if (means.reason == reason::relay_denied || means.reason == reason::null_sender_refused) {
      require(said.is_permanent() && means.status == status::unknown);
    }
    if (means.status != status::undeliverable) continue;
    require(said.is_permanent());
    require(at == stage::rcpt ||
            (at == stage::greeting && means.reason == reason::host_takes_no_mail));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const outcome whole = read_at_once(bytes);
  require(read(bytes, data[0]) == whole);
  for (const reply& said : whole.replies) {
    check_meaning(said);
    parse_extensions(said);
  }
  return 0;
}
