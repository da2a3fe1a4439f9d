// A server that tools/e2e-servers unpacked, run under chroot: it finds its libraries, users and
// fixed paths there, and nothing of the machine's.
#ifndef CBV_TESTS_E2E_UNPACKED_SERVER_HPP
#define CBV_TESTS_E2E_UNPACKED_SERVER_HPP

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/e2e/process.hpp"

namespace cbv::e2e {

/// One server in a tree of its own, whose files are hard links to those of build/e2e-servers and
/// which is removed at the end. Needs root.
class unpacked_server {
 public:
  /// Makes the tree of the server `name`, with root, nobody and these `users`. Throws
  /// std::runtime_error if it was not unpacked, with what to run.
  unpacked_server(const std::string& name, const std::vector<std::string>& users);
  unpacked_server(const unpacked_server&) = delete;
  unpacked_server& operator=(const unpacked_server&) = delete;
  ~unpacked_server();

  /// Where the server's "/" is for everyone else.
  const std::filesystem::path& root() const { return root_; }

  /// Writes a file of root's; `path` is the server's, without the leading slash.
  void write(const std::filesystem::path& path, std::string_view text) const;

  /// Makes a directory and gives it to one of the users.
  void make_directory(const std::filesystem::path& path, const std::string& owner) const;

  /// Starts the program and returns when `is_ready`; throws with what it said if it ends before.
  void start(const std::vector<std::string>& words, const std::function<bool()>& is_ready);

  /// Kills it, and waits until all its processes are gone.
  void stop();

  /// What it wrote to standard output and error so far.
  std::string output() const;

 private:
  std::string name_;
  std::vector<std::string> users_;
  std::filesystem::path root_;
  std::unique_ptr<process> server_;
};

}  // namespace cbv::e2e

#endif
