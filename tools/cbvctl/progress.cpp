#include "tools/cbvctl/progress.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>

namespace cbv::ctl {
namespace {

constexpr std::chrono::milliseconds between_looks{200};

}  // namespace

std::string bar_text(std::uint64_t done, std::uint64_t total, std::uint64_t records) {
  const std::string count = std::to_string(records) + " records";
  if (total == 0) return count;
  constexpr std::uint64_t places = 40;
  const double part = static_cast<double>(std::min(done, total)) / static_cast<double>(total);
  const auto filled = static_cast<std::size_t>(part * places);
  std::string percent = std::to_string(static_cast<int>(part * 100));
  percent.insert(0, percent.size() < 3 ? 3 - percent.size() : 0, ' ');
  return '[' + std::string(filled, '#') + std::string(places - filled, ' ') + "] " + percent +
         " %  " + count;
}

progress::progress() : on_(::isatty(STDERR_FILENO) == 1) {}

progress::~progress() {
  if (shown_) std::fputs("\r\033[K", stderr);
}

void progress::show(std::uint64_t done, std::uint64_t total, std::uint64_t records) {
  const auto now = std::chrono::steady_clock::now();
  if (!on_ || now < next_) return;
  next_ = now + between_looks;
  shown_ = true;
  std::fprintf(stderr, "\r%s\033[K", bar_text(done, total, records).c_str());
  std::fflush(stderr);
}

}  // namespace cbv::ctl
