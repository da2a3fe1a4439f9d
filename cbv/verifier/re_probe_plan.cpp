#include "cbv/verifier/re_probe_plan.hpp"

#include <algorithm>
#include <utility>

namespace cbv {
namespace {

// No two overdue ones are begun closer than this if there is time for it.
constexpr std::chrono::milliseconds gap_most{1'000};

std::chrono::seconds longest_wait_of(const re_probe_options& options) {
  std::chrono::seconds longest = options.hint_most;
  for (const std::chrono::seconds wait : options.retries) longest = std::max(longest, wait);
  return longest;
}

bool is_wanted(const booking& held, const re_probe_options& options, wall_time now) {
  return held.tries < options.retries.size() && held.due + options.overdue_most > now;
}

}  // namespace

re_probe_need re_probe_need_after(const verdict& made) noexcept {
  if (made.status != status::unknown) return re_probe_need::none;
  switch (made.reason) {
    case reason::greylisted:
      return re_probe_need::again;
    case reason::try_later:
    case reason::connect_failed:
    case reason::timed_out:
    case reason::connection_lost:
    case reason::bad_protocol:
    case reason::tls_failed:
    case reason::dns_failure:
    case reason::busy:
    case reason::pending:
      return re_probe_need::unanswered;
    default:
      return re_probe_need::none;
  }
}

std::optional<std::chrono::seconds> re_probe_wait(
    const re_probe_options& options, std::uint8_t tries,
    std::optional<std::chrono::seconds> retry_after) noexcept {
  if (tries >= options.retries.size()) return std::nullopt;
  if (!retry_after) return options.retries[tries];
  // First the bound, then the margin: what a far host names may be any number.
  const auto asked_for = std::min(*retry_after, options.hint_most);
  return std::clamp(asked_for + options.hint_margin, options.hint_least, options.hint_most);
}

std::vector<resumed_booking> resume(std::vector<booking> booked, const re_probe_options& options,
                                    wall_time now) {
  std::erase_if(booked, [&](const booking& held) { return !is_wanted(held, options, now); });
  std::sort(booked.begin(), booked.end(),
            [](const booking& a, const booking& b) { return a.due < b.due; });
  const auto overdue = std::count_if(booked.begin(), booked.end(),
                                     [now](const booking& held) { return held.due <= now; });
  const std::chrono::milliseconds spread = options.overdue_spread;
  const auto gap = overdue > 0 ? std::min(gap_most, spread / overdue) : gap_most;

  std::vector<resumed_booking> all;
  std::chrono::milliseconds next{};
  for (booking& held : booked) {
    std::chrono::milliseconds wait = std::min(held.due - now, longest_wait_of(options));
    if (held.due <= now) {
      next += gap;
      wait = next;
    }
    all.push_back({std::move(held), wait});
  }
  return all;
}

}  // namespace cbv
