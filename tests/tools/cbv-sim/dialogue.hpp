// A client that talks to a simulated host in time that stands still until it is told to pass.
#ifndef CBV_TESTS_TOOLS_CBV_SIM_DIALOGUE_HPP
#define CBV_TESTS_TOOLS_CBV_SIM_DIALOGUE_HPP

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tools/cbv-sim/mail_host.hpp"
#include "tools/cbv-sim/world.hpp"

namespace cbv::sim {

/// The world of a text that is known to be one.
inline world must_parse(std::string_view text) {
  auto parsed = parse_world(text, "test.world");
  if (!parsed) {
    ADD_FAILURE() << to_string(parsed.error());
    return {};
  }
  return std::move(*parsed);
}

/// One connection. hear() and say() return what the host sends until it waits for the client; time
/// passes as the host wants it, and `waited` is how much.
class dialogue {
 public:
  dialogue(mail_host& host, const asio::ip::address& address, std::chrono::seconds start = {},
           const std::string& client = "127.0.0.1")
      : now_(time_point{} + start),
        session_(host.accept(address, asio::ip::make_address(client), now_)) {}
  explicit dialogue(mail_host& host) : dialogue(host, host.described().first) {}

  std::string hear() {
    std::string heard;
    const time_point before = now_;
    while (heard.size() < enough) {
      const action todo = session_->next(now_);
      if (const auto* const speech = std::get_if<send_bytes>(&todo)) {
        now_ = std::max(now_, speech->at);
        heard += speech->bytes;
      } else if (const auto* const end = std::get_if<close_connection>(&todo)) {
        now_ = std::max(now_, end->at);
        closed_ = true;
        break;
      } else {
        patience_ = std::get<await_bytes>(todo).until;
        break;
      }
    }
    waited_ = std::chrono::duration_cast<std::chrono::milliseconds>(now_ - before);
    return heard;
  }

  /// Sends one line.
  std::string say(std::string_view line) { return send(std::string(line) + "\r\n"); }

  std::string send(std::string_view bytes) {
    session_->receive(bytes, now_);
    return hear();
  }

  /// Greeting, EHLO and MAIL FROM:<>, then RCPT: its reply.
  std::string ask(const std::string& address) {
    hear();
    say("EHLO probe.example");
    say("MAIL FROM:<>");
    return say("RCPT TO:<" + address + ">");
  }

  void hang_up() {
    session_->hung_up(now_);
    hear();
  }

  /// Says nothing until the host loses patience.
  std::string wait() {
    now_ = patience_;
    return hear();
  }

  bool closed() const { return closed_; }
  std::chrono::milliseconds waited() const { return waited_; }
  session& machine() { return *session_; }
  time_point now() const { return now_; }

 private:
  static constexpr std::size_t enough = 100'000;  // of an endless line

  time_point now_;
  time_point patience_;
  std::unique_ptr<session> session_;
  std::chrono::milliseconds waited_{};
  bool closed_ = false;
};

}  // namespace cbv::sim

#endif
