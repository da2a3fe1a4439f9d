#include "tests/e2e/waiting.hpp"

#include <poll.h>

#include <chrono>
#include <stdexcept>

namespace cbv::e2e {

namespace {

constexpr auto longest_wait = std::chrono::seconds(60);
constexpr int pause_between_looks_ms = 5;

}  // namespace

void wait_for(const std::string& what, const std::function<bool()>& true_now) {
  const auto give_up = std::chrono::steady_clock::now() + longest_wait;
  while (!true_now()) {
    if (std::chrono::steady_clock::now() > give_up) {
      throw std::runtime_error("waited in vain for " + what);
    }
    ::poll(nullptr, 0, pause_between_looks_ms);
  }
}

}  // namespace cbv::e2e
