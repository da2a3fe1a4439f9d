// A program that a test starts and that is gone, with all it started, when the test ends.
#ifndef CBV_TESTS_E2E_PROCESS_HPP
#define CBV_TESTS_E2E_PROCESS_HPP

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace cbv::e2e {

/// A running child, leader of a process group of its own. Destroying it ends the whole group. If
/// the test itself is killed, the kernel kills the child.
class process {
 public:
  /// Starts `words` (the program and its arguments, searched in PATH); standard output and error go
  /// to the file `output`. Throws std::runtime_error if the program cannot be started.
  process(const std::vector<std::string>& words, const std::filesystem::path& output);
  process(const process&) = delete;
  process& operator=(const process&) = delete;
  ~process();

  /// Whether the child still runs.
  bool running();

  /// Sends the child a signal, if it still runs.
  void signal(int number);

  /// Sends the child a signal and waits until nothing of its group is left.
  void end(int number);

  /// Waits for the child to end by itself; its exit status, or 128 plus the signal that killed it.
  int exit_status();

 private:
  bool group_is_gone();

  std::string name_;
  pid_t pid_ = -1;
  bool ended_ = false;
  int status_ = -1;
};

/// A command that has run to its end.
struct finished_command {
  int exit_status;
  std::string output;  // standard output
  std::string errors;  // standard error
};

/// Runs a command to its end, with its output in files of `folder` meanwhile.
finished_command run(const std::vector<std::string>& words, const std::filesystem::path& folder);

}  // namespace cbv::e2e

#endif
