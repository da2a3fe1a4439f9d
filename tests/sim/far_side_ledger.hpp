// What hosts have said that their client has read: counted at their end of the line.
#ifndef CBV_TESTS_SIM_FAR_SIDE_LEDGER_HPP
#define CBV_TESTS_SIM_FAR_SIDE_LEDGER_HPP

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cbv/counting/counters.hpp"
#include "tests/sim/line_watcher.hpp"
#include "tools/cbv-sim/connection.hpp"

namespace cbv::sim {

/// Counts as the client should: the steps of the funnel from `sessions` on, of both roles together.
/// A host knows what it said, and the line knows how many of its octets were taken; so what was
/// never read (the line broke, the client had hung up) is left out exactly. From here on the rules
/// are those of the dialogue: what ends a session ends the count of its connection, and whatever is
/// read behind it is nobody's.
///
/// What it cannot know: what a client makes of octets that came to harm (`garbled`), and whether it
/// was about to say MAIL or QUIT when a host gave it up, where that is hidden by TLS
/// (`crossed_in_tls`). It says that this has come about.
class far_side_ledger final : public line_watcher {
 public:
  /// `is_test` says whether a mailbox was made up: replies of RCPT about it are not counted.
  far_side_ledger(std::string own_name, std::function<bool(std::string_view)> is_test)
      : own_name_(std::move(own_name)), is_test_(std::move(is_test)) {}

  /// What happens at hosts.
  void note(const event& seen);

  void accepted(std::uint64_t line) override;
  void sends(std::uint64_t line, std::size_t octets) override;
  void taken(std::uint64_t line, std::size_t octets) override;
  void written(std::uint64_t line, std::string_view bytes) override;
  void garbled(std::uint64_t /*line*/) override { garbled_ = true; }

  const role_counters& counted() const noexcept { return counted_; }
  bool is_garbled() const noexcept { return garbled_; }
  bool crossed_in_tls() const noexcept { return crossed_in_tls_; }

  /// Replies of RCPT about mailboxes that were made up.
  std::uint64_t tests() const noexcept { return tests_; }

 private:
  // A reply, or what is none: then the code is 0.
  struct reply {
    std::string to;  // the command; empty: to none
    std::string first_line;
    int code = 0;
    std::size_t end = 0;  // of its octets, in all that the host sends
    bool in_tls = false;
  };
  struct conversation {
    std::string heard;  // the command that has no reply yet
    bool greeted = false;
    bool in_tls = false;
    std::string first_line;  // of the reply that is being said
    std::size_t octets = 0;  // said since the host last sent, in clear
    std::size_t sent = 0;
    std::vector<reply> unsent;
    std::deque<reply> unread;
    std::string written;  // by the client, since it last read a reply
    bool mail_refused = false;
    bool is_over = false;
  };

  void say(conversation& in, std::string_view line) const;
  void read(conversation& in, const reply& said);
  void read_mail(conversation& in, const reply& said);
  void read_rcpt(conversation& in, const reply& said);

  std::string own_name_;
  std::function<bool(std::string_view)> is_test_;
  std::map<std::pair<const host*, std::uint64_t>, conversation> all_;
  std::map<std::uint64_t, conversation*> by_line_;
  conversation* latest_ = nullptr;  // that was connected
  role_counters counted_;
  std::uint64_t tests_ = 0;
  bool garbled_ = false;
  bool crossed_in_tls_ = false;
};

}  // namespace cbv::sim

#endif
