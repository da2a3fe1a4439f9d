// A dialogue with a real server, command by command, to see what it answers.
#ifndef CBV_TESTS_E2E_DIALOGUE_HPP
#define CBV_TESTS_E2E_DIALOGUE_HPP

#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

namespace cbv::e2e {

/// A client of an SMTP or LMTP server that waits for each reply.
class dialogue {
 public:
  /// Connects over TCP and reads the greeting. Throws std::runtime_error if that fails.
  dialogue(const std::string& address, std::uint16_t port);

  /// The same over a unix socket.
  explicit dialogue(const std::filesystem::path& socket);

  const std::string& greeting() const { return greeting_; }

  /// Sends the command and returns the reply, its lines with "\n" between them; what came of it if
  /// the server hung up.
  std::string say(const std::string& command);

  /// The same without a command: what the server says unasked.
  std::string hear();

 private:
  std::unique_ptr<std::iostream> server_;
  std::string greeting_;
};

}  // namespace cbv::e2e

#endif
