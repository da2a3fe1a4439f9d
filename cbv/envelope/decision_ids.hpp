// The names of decisions: short, in the order of time, no two alike.
#ifndef CBV_ENVELOPE_DECISION_IDS_HPP
#define CBV_ENVELOPE_DECISION_IDS_HPP

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "cbv/base/clock.hpp"

namespace cbv::envelope {

inline constexpr std::size_t decision_id_octets = 12;

/// Twelve of 0-9 a-v: seven for the second, five that go up from `first`, which is chance, so that
/// a daemon that was restarted within a second repeats none. From any thread.
class decision_ids {
 public:
  explicit decision_ids(std::uint64_t first)
      : next_(static_cast<std::uint32_t>(first & 0xFFFFFU)) {}

  std::string take(wall_time now);

 private:
  std::atomic<std::uint32_t> next_;
};

/// Whether a text has the shape of one.
bool is_decision_id(std::string_view text) noexcept;

}  // namespace cbv::envelope

#endif
