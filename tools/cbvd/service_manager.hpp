// Tells systemd, or whoever started us like it, how we are: the protocol of sd_notify(3).
#ifndef CBV_TOOLS_CBVD_SERVICE_MANAGER_HPP
#define CBV_TOOLS_CBVD_SERVICE_MANAGER_HPP

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace cbv::cbvd {

/// Says nothing where nobody listens. What cannot be said within half a
/// second is lost.
class service_manager {
 public:
  /// As the environment says: NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID.
  static service_manager of_environment();

  /// A path, or "@name" for an abstract socket; empty: nobody listens.
  explicit service_manager(std::string socket) : socket_(std::move(socket)) {}

  void ready(std::string_view status) const { tell("READY=1\nSTATUS=" + std::string(status)); }
  /// To be followed by ready().
  void reloading() const;
  void stopping() const { tell("STOPPING=1\nSTATUS=Stopping"); }
  void alive() const { tell("WATCHDOG=1"); }

  /// How often alive() is to be called; nothing: it need not.
  const std::optional<std::chrono::microseconds>& alive_every() const noexcept { return every_; }

 private:
  void tell(std::string_view state) const;

  std::string socket_;
  std::optional<std::chrono::microseconds> every_;
};

}  // namespace cbv::cbvd

#endif
