// TLS between a client and a session, as a host's temper has it.
#ifndef CBV_TOOLS_CBV_SIM_SECURE_SESSION_HPP
#define CBV_TOOLS_CBV_SIM_SECURE_SESSION_HPP

#include <memory>
#include <string>
#include <string_view>

#include "cbv/net/tls_server.hpp"
#include "tools/cbv-sim/connection.hpp"
#include "tools/cbv-sim/session.hpp"

namespace cbv::sim {

/// Passes everything on until the session inside asks for begin_tls; then shakes hands, or does in
/// its place what the stage `handshake` of the host has, and from there on the session speaks in
/// TLS. No I/O.
class secure_session final : public session {
 public:
  /// `link` is that of the session `inside`; `keys` outlives this.
  secure_session(std::unique_ptr<session> inside, connection& link, net::tls_server& keys,
                 time_point now);

  void receive(std::string_view bytes, time_point now) override;
  void hung_up(time_point now) override;
  action next(time_point now) override;

 private:
  enum class phase { clear, shaking, secured, deaf, closing };

  void answer_hello(time_point now);
  void go_on(time_point now);
  void read(time_point now);
  action next_secured(time_point now);
  void end(std::string_view why, time_point now);

  std::unique_ptr<session> inside_;
  connection& link_;
  net::tls_server& keys_;
  std::unique_ptr<net::tls_machine> tls_;
  phase phase_ = phase::clear;
  bool heard_hello_ = false;
  std::string output_;  // before, or in place of, what the session says
  time_point output_at_;
  time_point idle_since_;
};

}  // namespace cbv::sim

#endif
