#include "tools/cbvctl/watch.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <thread>

#include "tools/cbvctl/exit_status.hpp"

namespace cbv::ctl {
namespace {

constexpr const char* home_and_clear = "\033[H\033[2J";

/// No signal ends the program while this lives.
class undisturbed {
 public:
  undisturbed() {
    sigset_t ends;
    ::sigemptyset(&ends);
    ::sigaddset(&ends, SIGINT);
    ::sigaddset(&ends, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &ends, &before_);
  }
  undisturbed(const undisturbed&) = delete;
  undisturbed& operator=(const undisturbed&) = delete;
  ~undisturbed() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

// All that was printed has been written by then, and there is nothing else to be put in order.
void end_on_signals() {
  struct sigaction ends {};
  ends.sa_handler = [](int) { ::_exit(0); };
  ::sigaction(SIGINT, &ends, nullptr);
  ::sigaction(SIGTERM, &ends, nullptr);
}

void print(const std::string& block) {
  const undisturbed whole;
  if (std::fputs(block.c_str(), stdout) < 0 || std::fflush(stdout) != 0)
    throw stopped(exit_io, "cannot write the output");
}

}  // namespace

int watch(const std::function<std::string()>& look, std::chrono::milliseconds interval) {
  const bool in_place = ::isatty(STDOUT_FILENO) == 1;
  end_on_signals();
  std::string last;
  for (bool is_first = true;; is_first = false) {
    std::string trouble;
    try {
      last = look();
    } catch (const stopped& why) {
      if (why.status() != exit_no_daemon) throw;
      trouble = std::string(why.what()) + "; trying again\n";
    }
    if (in_place) {
      std::string screen = home_and_clear;
      if (!trouble.empty()) screen.append(trouble).append("\n");
      print(screen.append(last));
    } else {
      print((is_first ? "" : "\n") + (trouble.empty() ? last : trouble));
    }
    std::this_thread::sleep_for(interval);
  }
}

}  // namespace cbv::ctl
