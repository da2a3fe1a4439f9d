// Verdicts, records and places for the tests of the cache.
#ifndef CBV_TESTS_CACHE_SAMPLE_HPP
#define CBV_TESTS_CACHE_SAMPLE_HPP

#include <chrono>
#include <stdexcept>
#include <string>

#include "cache/records/record.hpp"
#include "cbv/address/mailbox.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::cache::sample {

using namespace std::chrono_literals;

inline constexpr wall_time noon{1'795'262'400s};  // 2026-11-21T12:00:00Z

inline mailbox address(const std::string& text) {
  auto read = parse_mailbox(text);
  if (!read) throw std::runtime_error(text + ": " + to_string(read.error()));
  return *read;
}

inline verdict made(status judged, reason why, stage where = stage::rcpt,
                    source from = source::callout) {
  verdict v;
  v.status = judged;
  v.reason = why;
  v.stage = where;
  v.source = from;
  return v;
}

inline verdict accepted() {
  verdict v = made(status::deliverable, reason::accepted);
  v.host = "mx1.example.org";
  v.host_ip = "192.0.2.1";
  v.reply = far_reply{250, "2.1.5", "Ok"};
  v.catch_all = catch_all::no;
  v.elapsed = 84ms;
  return v;
}

inline verdict refused() {
  verdict v = made(status::undeliverable, reason::mailbox_not_found);
  v.host = "mx1.example.org";
  v.host_ip = "192.0.2.1";
  v.reply = far_reply{550, "5.1.1", "no such user"};
  v.elapsed = 84ms;
  return v;
}

inline verdict timed_out() {
  verdict v = made(status::unknown, reason::timed_out, stage::connect);
  v.host = "mx1.example.org";
  v.host_ip = "192.0.2.1";
  v.detail = "no answer within 30 s";
  v.elapsed = 30s;
  return v;
}

/// A record as settle() would make it at `when`.
inline record remembered_at(wall_time when, verdict v, std::chrono::seconds refresh,
                            std::chrono::seconds expire) {
  v.checked_at = when;
  v.refresh_at = when + refresh;
  v.expires_at = when + expire;
  return record{v, 0, std::nullopt};
}

}  // namespace cbv::cache::sample

#endif
