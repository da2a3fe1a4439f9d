// The server side of SMTP (RFC 5321) and LMTP (RFC 2033), with the temper of a described host.
#ifndef CBV_TOOLS_CBV_SIM_SMTP_SESSION_HPP
#define CBV_TOOLS_CBV_SIM_SMTP_SESSION_HPP

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tools/cbv-sim/connection.hpp"
#include "tools/cbv-sim/session.hpp"
#include "tools/cbv-sim/smtp_command.hpp"
#include "tools/cbv-sim/smtp_path.hpp"

namespace cbv::sim {

/// What a client may send at most.
inline constexpr std::size_t command_octets_max = 2048;  // a line
inline constexpr std::size_t ahead_octets_max = 65'536;  // while a reply is being delayed

/// One connection at a host that is described by settings. What no prober may do is a fault: DATA
/// and BDAT, to speak before the greeting, to send commands ahead where PIPELINING was not offered,
/// a bare CR or a NUL in a command, an address past ASCII without SMTPUTF8, STARTTLS that was not
/// offered, to go on in TLS without a new EHLO or although octets were injected, AUTH in clear.
class smtp_session final : public session {
 public:
  smtp_session(std::unique_ptr<connection> link, time_point now);

  void receive(std::string_view bytes, time_point now) override;
  void hung_up(time_point now) override;
  void secured(time_point now) override;
  action next(time_point now) override;

 private:
  enum class mode { talking, in_message, awaiting_login, awaiting_tls, silent, endless, closing };

  std::chrono::milliseconds delay_of(std::optional<dialogue_stage> stage) const;

  void greet(time_point now);
  std::optional<std::string> take_line();
  void work(time_point now);
  void handle_line(std::string_view line, time_point now);
  void handle(const smtp_command& said, time_point now);
  void handle_message_line(std::string_view line, time_point now);
  void check_order(verb what, time_point now);
  void on_hello(verb what, std::string_view name, time_point now);
  std::string hello_reply(bool is_extended) const;
  void on_starttls(std::string_view argument, time_point now);
  bool is_auth_offered() const;
  void on_auth(std::string_view argument, time_point now);
  void on_login(std::string_view response, time_point now);
  void on_mail(std::string_view argument, time_point now);
  void on_rcpt(std::string_view argument, time_point now);
  std::string mail_reply(std::string_view argument);
  std::string rcpt_reply(const std::optional<smtp_path>& to, time_point now);
  std::string recipient_reply(const smtp_path& to, time_point now);
  void on_message(std::string_view what, time_point now);

  void reply_at(dialogue_stage stage, std::string_view usual, time_point now);
  void reply(std::string_view form, time_point now);
  void misbehave(misbehaviour bad, std::string_view form, time_point now);
  void end(std::string_view why, time_point now);
  std::string filled(std::string_view form) const;

  std::unique_ptr<connection> link_;
  const host& host_;

  std::string input_;
  std::optional<std::string> held_;  // a line that waits until the replies before it have left
  bool overlong_ = false;
  std::string output_;
  time_point output_at_;
  time_point idle_since_;
  mode mode_ = mode::talking;
  std::string endless_piece_;
  bool awaiting_ = false;  // the client has every reply and may speak

  bool greeted_ = false;
  bool refused_greeting_ = false;
  bool said_hello_ = false;  // and what it said still counts
  bool is_session_ = false;  // it has said it once
  bool in_tls_ = false;
  bool authenticated_ = false;
  bool pipelining_ = false;  // offered, by EHLO
  bool extended_ = false;    // EHLO or LHLO and not HELO
  std::string helo_;
  std::optional<smtp_path> sender_;
  bool smtputf8_ = false;  // asked for by MAIL
  std::uint32_t recipients_ = 0;
  std::uint32_t refusals_ = 0;
  std::uint32_t commands_ = 0;
  std::array<std::uint32_t, dialogue_stages> turns_{};  // of each stage
  std::string last_code_;                               // of the last reply; empty: it was none
  std::string address_;                                 // for {address} in replies
  std::chrono::milliseconds greylist_wait_{};
};

}  // namespace cbv::sim

#endif
