// Where the answers come from: a running cbvd, or the files of one that does not run.
#ifndef CBV_TOOLS_CBVCTL_LINK_HPP
#define CBV_TOOLS_CBVCTL_LINK_HPP

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "api/client.hpp"
#include "cache/catalogue.hpp"
#include "cbv/async/timer.hpp"

namespace cbv::ctl {

/// Answers methods of PROTOCOL.md. Throws `stopped` where there is no answer.
class link {
 public:
  link() = default;
  link(const link&) = delete;
  link& operator=(const link&) = delete;
  virtual ~link() = default;

  /// Calls of one method, all at once, done in their order: the results as JSON. `again`: it does
  /// no harm to ask twice, so a daemon that was lost on the way is waited for, and asked all of
  /// them. Any thread, but one at a time.
  virtual std::vector<std::string> ask_all(const std::string& method,
                                           const std::vector<std::string>& params, bool again) = 0;

  /// One call.
  std::string ask(const std::string& method, const std::string& params, bool again) {
    return std::move(ask_all(method, {params}, again).front());
  }
};

/// A running cbvd, over its socket.
class daemon_link final : public link {
 public:
  /// `patience` is for each answer, and for a daemon that comes back.
  daemon_link(std::string socket, std::chrono::milliseconds patience);
  ~daemon_link() override;

  std::vector<std::string> ask_all(const std::string& method,
                                   const std::vector<std::string>& params, bool again) override;

 private:
  result<std::vector<std::string>> try_once(const std::string& method,
                                            const std::vector<std::string>& params);
  void pause(std::chrono::milliseconds length);

  const std::string socket_;
  const std::chrono::milliseconds patience_;
  system_timer time_;
  asio::io_context context_{1};
  std::unique_ptr<api::client> daemon_;
  bool met_ = false;  // it was there
};

/// The cache of a cbvd that does not run. Takes its lock for as long as it lives.
class directory_link final : public link {
 public:
  /// Throws `stopped` with what is wrong if it cannot be used; nothing is changed then.
  explicit directory_link(const std::string& directory);

  std::vector<std::string> ask_all(const std::string& method,
                                   const std::vector<std::string>& params, bool again) override;

 private:
  std::string answer(const std::string& method, const std::string& params);

  system_timer time_;
  std::unique_ptr<cache::shelf> shelf_;
};

}  // namespace cbv::ctl

#endif
