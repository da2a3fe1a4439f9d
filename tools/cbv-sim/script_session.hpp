// A host that says what a script has for it, line by line.
#ifndef CBV_TOOLS_CBV_SIM_SCRIPT_SESSION_HPP
#define CBV_TOOLS_CBV_SIM_SCRIPT_SESSION_HPP

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tools/cbv-sim/connection.hpp"
#include "tools/cbv-sim/session.hpp"

namespace cbv::sim {

/// One connection that follows a script. When the script ends, the host closes. Faults: the client
/// says something else than the script expects (the host then closes), or nothing at all and hangs
/// up; it sends commands ahead and the script has offered no PIPELINING; DATA and BDAT. Behind a
/// step `handshake` all is said in TLS.
class script_session final : public session {
 public:
  /// `lines` outlives the session.
  script_session(std::unique_ptr<connection> link, const script& lines, time_point now);

  void receive(std::string_view bytes, time_point now) override;
  void hung_up(time_point now) override;
  void secured(time_point now) override;
  action next(time_point now) override;

 private:
  const script_step* step() const;
  std::optional<std::string> take_line();
  std::string gather_speech(time_point now);
  bool hear(std::string_view line, time_point now);
  void end(std::string_view why, time_point now);

  std::unique_ptr<connection> link_;
  const script& script_;
  std::size_t place_ = 0;
  std::string input_;
  time_point ready_at_;  // nothing is done before
  time_point idle_since_;
  bool awaiting_ = false;
  bool pipelining_ = false;
  bool is_session_ = false;  // EHLO or HELO was said
  bool ended_ = false;
};

/// True if `text` is `form`, each * in it standing for any text. Case counts.
bool matches_line(std::string_view form, std::string_view text) noexcept;

}  // namespace cbv::sim

#endif
