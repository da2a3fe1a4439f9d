#include "tests/e2e/process.hpp"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <iostream>
#include <stdexcept>
#include <system_error>

#include "tests/e2e/files.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {

namespace {

std::runtime_error failure(const std::string& what) {
  return std::runtime_error(what + ": " + std::generic_category().message(errno));
}

/// In the child, up to exec: only calls that are safe after fork.
[[noreturn]] void become(char* const* words, const char* output, const char* errors) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int nothing = ::open("/dev/null", O_RDONLY);
  const int out = ::open(output, O_WRONLY | O_CREAT | O_APPEND, 0644);
  const int err = ::open(errors, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (nothing >= 0 && out >= 0 && err >= 0) {
    ::dup2(nothing, STDIN_FILENO);
    ::dup2(out, STDOUT_FILENO);
    ::dup2(err, STDERR_FILENO);
    // A connection of the test's must end when the test ends it.
    ::close_range(STDERR_FILENO + 1, ~0U, 0);
    ::execvp(words[0], words);
  }
  ::_exit(127);
}

pid_t start(std::vector<std::string> words, const std::string& output, const std::string& errors) {
  std::vector<char*> arguments;
  arguments.reserve(words.size() + 1);
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);

  // What a child leaves behind becomes ours, so that it can be waited for.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const pid_t pid = ::fork();
  if (pid < 0) throw failure("fork");
  if (pid == 0) become(arguments.data(), output.c_str(), errors.c_str());
  ::setpgid(pid, pid);  // here as well: whichever comes first
  return pid;
}

int status_of(int waited) {
  return WIFEXITED(waited) ? WEXITSTATUS(waited) : 128 + WTERMSIG(waited);
}

}  // namespace

process::process(const std::vector<std::string>& words, const std::filesystem::path& output)
    : name_(words.front()), pid_(start(words, output, output)) {}

process::~process() {
  if (ended_ && group_is_gone()) return;
  try {
    end(SIGTERM);
  } catch (const std::exception& failed) {
    std::cerr << name_ << " had to be killed: " << failed.what() << '\n';
    ::kill(-pid_, SIGKILL);
  }
}

bool process::running() {
  int waited = 0;
  if (!ended_ && ::waitpid(pid_, &waited, WNOHANG) == pid_) {
    ended_ = true;
    status_ = status_of(waited);
  }
  return !ended_;
}

void process::signal(int number) {
  if (running()) ::kill(pid_, number);
}

void process::end(int number) {
  signal(number);
  wait_for("process " + std::to_string(pid_) + " to end", [this] { return !running(); });
  if (!group_is_gone()) ::kill(-pid_, SIGTERM);
  wait_for("the children of process " + std::to_string(pid_) + " to end",
           [this] { return group_is_gone(); });
}

int process::exit_status() {
  wait_for("process " + std::to_string(pid_) + " to end", [this] { return !running(); });
  return status_;
}

bool process::group_is_gone() {
  while (::waitpid(-pid_, nullptr, WNOHANG) > 0) {
  }
  return ::kill(-pid_, 0) != 0 && errno == ESRCH;
}

finished_command run(const std::vector<std::string>& words, const std::filesystem::path& folder) {
  const auto output = folder / "command.out";
  const auto errors = folder / "command.err";
  std::filesystem::remove(output);
  std::filesystem::remove(errors);
  const pid_t pid = start(words, output, errors);
  int waited = 0;
  while (::waitpid(pid, &waited, 0) < 0) {
    if (errno != EINTR) throw failure("waitpid");
  }
  return finished_command{status_of(waited), read_file(output), read_file(errors)};
}

}  // namespace cbv::e2e
