#include "cbv/verifier/recollection.hpp"

#include <boost/system/result.hpp>
#include <chrono>
#include <utility>

#include "cbv/verifier/subject.hpp"

namespace cbv {

std::optional<verdict> recollection::verify_at_once(const query& asked) {
  const time_point started = time_.now();
  boost::system::result<mailbox, verdict> subject = subject_of(asked, known_.own_senders);
  const std::string_view about = domain_of(subject);
  verdict given;
  call_way way = &role_counters::local;
  if (!subject) {
    given = std::move(subject).error();
  } else if (std::optional<verdict> listed = look_up(asked, *subject, known_)) {
    given = *std::move(listed);
  } else {
    if (asked.fresh) return std::nullopt;
    auto found = memory_.find(asked.role, *subject, time_.wall_now());
    if (!found || !*found || (*found)->refresh_due) return std::nullopt;
    given = std::move((*found)->verdict);
    way = &role_counters::cached;
  }
  if (given.status == status::unknown) return std::nullopt;
  finish_answer(given, asked.role, about, started, time_, way, counted_);
  return given;
}

std::optional<verdict> look_up(const query& asked, const mailbox& about,
                               const known_addresses& known) {
  if (asked.role != role::recipient || !known.recipients) return std::nullopt;
  return known.recipients(about);
}

void finish_answer(verdict& given, role side, std::string_view about, time_point started,
                   const clock& time, call_way way, tally& counted) {
  if (given.checked_at == wall_time{}) given.checked_at = time.wall_now();
  const auto took = time.now() - started;
  given.elapsed = std::chrono::floor<std::chrono::milliseconds>(took);
  if (given.reason == reason::not_asked && given.stage == stage::policy) {
    way = &role_counters::skips;
  }
  role_counters& of = counted.sums.of(side);
  ++of.calls;
  ++(of.*way);
  of.count_answer(given);
  if (way == &role_counters::cached || way == &role_counters::local) counted.sums.hits.add(took);
  if (given.status == status::undeliverable) counted.note_undeliverable(about);
}

}  // namespace cbv
