// Listening sockets that whoever started us has opened: socket activation, sd_listen_fds(3).
#ifndef CBV_NET_INHERITED_SOCKETS_HPP
#define CBV_NET_INHERITED_SOCKETS_HPP

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/net/endpoint.hpp"

namespace cbv::net {

/// Descriptors to listen on, each to be taken once by where it is bound; what is left is closed at
/// the end.
class inherited_sockets {
 public:
  /// None.
  inherited_sockets() = default;

  /// As the environment says: LISTEN_PID is us, LISTEN_FDS is how many there are from descriptor 3
  /// on. The variables are taken away, so that no child believes they are for it. To be called
  /// while there is one thread, once.
  static inherited_sockets of_environment();

  /// `count` descriptors from `first` on; they belong to this from now on, and no child inherits
  /// them.
  inherited_sockets(int first, int count);
  inherited_sockets(inherited_sockets&& other) noexcept;
  inherited_sockets& operator=(inherited_sockets&& other) noexcept;
  ~inherited_sockets();

  /// The descriptor that listens there, which is the caller's then; nothing if none does.
  std::optional<int> take_local(std::string_view path);
  std::optional<int> take_tcp(const endpoint& at);

  /// Where those that were not taken are bound, for people; "descriptor 4" for what is not a
  /// listening stream socket.
  std::vector<std::string> left() const;

 private:
  struct socket {
    int number = -1;
    std::string path;  // of a unix socket
    std::optional<endpoint> at;
  };

  static socket look_at(int number);
  template <class Is>
  std::optional<int> take(Is is);

  std::vector<socket> held_;
};

}  // namespace cbv::net

#endif
