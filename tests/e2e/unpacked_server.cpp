#include "tests/e2e/unpacked_server.hpp"

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <stdexcept>
#include <system_error>

#include "tests/e2e/files.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {

namespace {

using std::filesystem::path;

constexpr uid_t first_user = 64'800;  // not anyone's on Debian

path new_folder() {
  std::string name = path(CBV_E2E_SERVERS) / "running-XXXXXX";
  if (::mkdtemp(name.data()) == nullptr) {
    throw std::system_error(errno, std::generic_category(), "mkdtemp " + name);
  }
  return name;
}

}  // namespace

unpacked_server::unpacked_server(const std::string& name, const std::vector<std::string>& users)
    : name_(name), users_(users) {
  const path unpacked = path(CBV_E2E_SERVERS) / name;
  if (!std::filesystem::exists(unpacked)) {
    throw std::runtime_error(name + " is not there: run tools/e2e-servers, or tools/test");
  }
  if (::geteuid() != 0) throw std::runtime_error(name + " needs root to start");
  root_ = new_folder();
  using std::filesystem::copy_options;
  using std::filesystem::perms;
  std::filesystem::copy(
      unpacked, root_,
      copy_options::recursive | copy_options::copy_symlinks | copy_options::create_hard_links);
  std::filesystem::permissions(root_, perms::owner_all | perms::group_read | perms::group_exec |
                                          perms::others_read | perms::others_exec);

  std::string passwd = "root:x:0:0::/:/bin/false\nnobody:x:65534:65534::/:/bin/false\n";
  std::string group = "root:x:0:\nnogroup:x:65534:\n";
  for (std::size_t i = 0; i < users_.size(); ++i) {
    const auto id = std::to_string(first_user + i);
    const auto& user = users_[i];
    passwd.append(user).append(":x:").append(id).append(":").append(id).append(
        "::/srv:/bin/false\n");
    group.append(user).append(":x:").append(id).append(":\n");
  }
  write("etc/passwd", passwd);
  write("etc/group", group);
  // A device cannot be made on every file system; what these servers say to it is little.
  write("dev/null", "");
  std::filesystem::permissions(root_ / "dev/null", perms::others_read | perms::others_write,
                               std::filesystem::perm_options::add);
}

unpacked_server::~unpacked_server() {
  try {
    if (server_) stop();
  } catch (const std::exception& failed) {
    std::cerr << name_ << " does not end: " << failed.what() << '\n';
  }
  server_.reset();
  std::error_code ignored;
  std::filesystem::remove_all(root_, ignored);
}

void unpacked_server::write(const path& file, std::string_view text) const {
  write_file(root_ / file, text);
}

void unpacked_server::make_directory(const path& directory, const std::string& owner) const {
  std::filesystem::create_directories(root_ / directory);
  const auto user = std::find(users_.begin(), users_.end(), owner);
  const auto id = first_user + static_cast<uid_t>(user - users_.begin());
  if (user == users_.end() || ::chown((root_ / directory).c_str(), id, id) != 0) {
    throw std::runtime_error("cannot give " + directory.string() + " to " + owner);
  }
}

void unpacked_server::start(const std::vector<std::string>& words,
                            const std::function<bool()>& is_ready) {
  std::vector<std::string> all = {"env",      "-i",     "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
                                  "LC_ALL=C", "chroot", root_};
  all.insert(all.end(), words.begin(), words.end());
  server_ = std::make_unique<process>(all, root_ / "output");
  wait_for(name_ + " to be ready", [&] {
    if (!server_->running()) throw std::runtime_error(name_ + " did not start: " + output());
    return is_ready();
  });
}

void unpacked_server::stop() {
  // Nothing that it has is worth saving, and postgrey overhears a SIGTERM now and then.
  server_->end(SIGKILL);
}

std::string unpacked_server::output() const {
  return read_file(root_ / "output");
}

}  // namespace cbv::e2e
