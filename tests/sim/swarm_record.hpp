// What is written down of a swarm of questions: all that happened, and what each host had to bear.
#ifndef CBV_TESTS_SIM_SWARM_RECORD_HPP
#define CBV_TESTS_SIM_SWARM_RECORD_HPP

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/base/clock.hpp"

namespace cbv::sim {

/// FNV-1a over all that is said, in order.
class history {
 public:
  void add(std::string_view text) {
    for (const char c : text) add_octet(static_cast<unsigned char>(c));
    add_octet(0);
  }
  void add(std::uint64_t number) { add(std::to_string(number)); }
  std::uint64_t hash() const noexcept { return hash_; }

 private:
  void add_octet(unsigned char octet) {
    hash_ ^= octet;
    hash_ *= 0x100000001b3U;
  }
  std::uint64_t hash_ = 0xcbf29ce484222325U;
};

/// What a host has heard of one connection, and how it went.
struct connection_record {
  enum class command : std::uint8_t { mail, rcpt, other };

  std::deque<command> unanswered;
  std::size_t rcpts = 0;
  std::vector<time_point> refusals;
  bool mail_refused = false;
  bool spoke = false;
  bool quit = false;
  bool misbehaved = false;  // the host did something that ends a dialogue
  std::string why;          // it ended

  void hear(std::string_view line) {
    spoke = true;
    quit = quit || line == "QUIT";
    const bool is_rcpt = line.starts_with("RCPT ");
    if (is_rcpt) ++rcpts;
    unanswered.push_back(line.starts_with("MAIL ") ? command::mail
                         : is_rcpt                 ? command::rcpt
                                                   : command::other);
  }

  void say(std::string_view line, time_point at) {
    const bool is_last = line.size() < 4 || line[3] != '-';
    if (line.starts_with('3')) misbehaved = misbehaved || !line.starts_with("334");
    if (!is_last || unanswered.empty()) return;
    const bool is_refusal = line.starts_with('4') || line.starts_with('5');
    if (unanswered.front() == command::mail) mail_refused = is_refusal;
    if (unanswered.front() == command::rcpt && is_refusal && !mail_refused) refusals.push_back(at);
    unanswered.pop_front();
  }
};

/// The most of them within any span of so long.
inline std::size_t most_within(std::vector<time_point> times, std::chrono::milliseconds span) {
  std::sort(times.begin(), times.end());
  std::size_t most = 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i < times.size(); ++i) {
    while (times[i] - times[first] >= span) ++first;
    most = std::max(most, i - first + 1);
  }
  return most;
}

}  // namespace cbv::sim

#endif
