// Who watches the octets of a simulated network.
#ifndef CBV_TESTS_SIM_LINE_WATCHER_HPP
#define CBV_TESTS_SIM_LINE_WATCHER_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace cbv::sim {

/// Told of each line, by its number, at the time when it happens.
class line_watcher {
 public:
  line_watcher() = default;
  line_watcher(const line_watcher&) = delete;
  line_watcher& operator=(const line_watcher&) = delete;
  virtual ~line_watcher() = default;

  /// The host has taken the connection, and has just told `connected`.
  virtual void accepted(std::uint64_t line) = 0;

  /// What the host has said since it last sent leaves now, in so many octets.
  virtual void sends(std::uint64_t line, std::size_t octets) = 0;

  /// The client has taken so many octets in all.
  virtual void taken(std::uint64_t line, std::size_t octets) = 0;

  /// The client has written.
  virtual void written(std::uint64_t line, std::string_view bytes) = 0;

  /// Octets got into what the host has sent.
  virtual void garbled(std::uint64_t line) = 0;
};

}  // namespace cbv::sim

#endif
