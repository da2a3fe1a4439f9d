// A real mail server at the edge: it takes mail for example.org, asks cbvd about it, and sends it
// on to the server behind.
#ifndef CBV_TESTS_E2E_EDGE_HPP
#define CBV_TESTS_E2E_EDGE_HPP

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>

namespace cbv::e2e {

class edge {
 public:
  edge() = default;
  edge(const edge&) = delete;
  edge& operator=(const edge&) = delete;
  virtual ~edge() = default;

  /// What cbvd needs in its settings to be asked by it.
  virtual std::string cbvd_settings() const = 0;

  /// The beginning of what it says to RCPT TO, as its settings have it, while cbvd is not there.
  virtual std::string reply_without_cbvd() const = 0;

  /// Where it takes mail.
  virtual std::uint16_t port() const = 0;

  /// Has it try again at once to deliver what it could not deliver.
  virtual void deliver_now() = 0;

  virtual std::string log() const = 0;
};

/// Where an edge and the server behind it are.
struct edge_place {
  std::filesystem::path folder;   // for all that it writes
  std::string address;            // of both
  std::uint16_t inside_port;      // of the server behind
  std::chrono::seconds wait{20};  // in which cbvd has to answer; this is what the examples have
};

/// The text of tools/examples/`name`.
std::string example(const std::filesystem::path& name);

/// The indented block of README.md that begins with this line, without what it is indented by.
std::string readme_block(const std::string& first_line);

}  // namespace cbv::e2e

#endif
