// The real daemon, with a settings file, a socket and an LMDB of its own; and what it answers.
#ifndef CBV_TESTS_E2E_CBVD_HPP
#define CBV_TESTS_E2E_CBVD_HPP

#include <signal.h>

#include <cstddef>
#include <filesystem>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/e2e/process.hpp"

namespace cbv::e2e {

/// A verdict as it comes over the wire: what the tests look at, texts empty where JSON has null.
struct answer {
  std::string status;
  std::string reason;
  std::string stage;
  std::string source;
  std::optional<bool> catch_all;  // nothing: untested
  std::string host;
  std::string host_ip;
  std::string tls_protocol;  // empty: in clear
  bool tls_verified = false;
  int reply_code = 0;
  std::string reply_enhanced;
  std::string reply_text;
};

/// For the tests' messages.
std::ostream& operator<<(std::ostream& to, const answer& shown);

/// Reads one JSON object with a verdict's members. Throws if it is none.
answer read_answer(std::string_view json);

class cbvd {
 public:
  /// Writes the settings, a TOML text, below `folder` and starts. {folder} in them is replaced by
  /// the daemon's own folder; the socket is {folder}/socket, the cache {folder}/cache.
  cbvd(const std::filesystem::path& folder, std::string_view settings,
       const std::map<std::string, std::string>& values);

  /// Starts it, again perhaps. Returns when it accepts connections; throws with its log if it does
  /// not.
  void start();

  /// The two halves of start().
  void launch(const std::vector<std::string>& by = {});  // a program that becomes cbvd
  void wait_until_it_listens();

  /// SIGKILL: it gets no chance to save anything.
  void kill();

  /// SIGTERM; the exit status.
  int stop();

  /// SIGTERM, without waiting for the end.
  void begin_to_stop() { daemon_->signal(SIGTERM); }

  /// SIGTERM, until it has ended; the exit status.
  int stop_again_and_again();

  /// Waits until it has ended by itself; the exit status.
  int exit_status() { return daemon_->exit_status(); }

  /// Adds this to the settings, a TOML text, and has them read again: SIGHUP.
  void reload(std::string_view added);

  /// Adds this to the settings, and tells nobody.
  void write_settings(std::string_view added);

  /// Puts `new_text` in the place of `old_text` in the settings, and has them read again.
  void change(const std::string& old_text, const std::string& new_text);

  /// Asks with one JSON-RPC line on a connection of its own, and returns the answer's line.
  std::string ask_line(const std::string& request) const;

  /// Asks `verify_recipient` and reads the result. Throws, with the line, if that is an error.
  answer ask(const std::string& address) const;

  /// Asks about all of them in one batch; the answers in the same order.
  std::vector<answer> ask_at_once(const std::vector<std::string>& addresses) const;

  /// The same as ask(), but only from what is remembered: no callout is begun.
  answer ask_memory(const std::string& address) const;

  std::filesystem::path socket() const { return folder_ / "socket"; }
  std::filesystem::path cache() const { return folder_ / "cache"; }
  std::string log() const;

  /// The verdicts that another process finds in the cache: those that are committed.
  std::size_t committed_verdicts() const { return committed("verdicts"); }

  /// And the booked re-probes.
  std::size_t committed_bookings() const { return committed("bookings"); }

 private:
  std::size_t committed(const char* table) const;

  std::filesystem::path folder_;
  std::unique_ptr<process> daemon_;
};

}  // namespace cbv::e2e

#endif
