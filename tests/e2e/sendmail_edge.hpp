// A real Sendmail at the edge, with tools/examples/sendmail/cbv.m4 as it stands.
#ifndef CBV_TESTS_E2E_SENDMAIL_EDGE_HPP
#define CBV_TESTS_E2E_SENDMAIL_EDGE_HPP

#include <string>
#include <vector>

#include "tests/e2e/edge.hpp"
#include "tests/e2e/process.hpp"
#include "tests/e2e/unpacked_server.hpp"

namespace cbv::e2e {

class sendmail_edge final : public edge {
 public:
  explicit sendmail_edge(const edge_place& at);

  std::string cbvd_settings() const override {
    return "socketmap.tcp = [\"" + address_ + ":" + std::to_string(cbvd_port_) + "\"]\n" +
           "socketmap.wait = \"" + std::to_string(wait_.count()) + "s\"\n";
  }
  std::string reply_without_cbvd() const override { return "451 4.3.0 "; }
  std::uint16_t port() const override { return port_; }
  void deliver_now() override;

  /// All its dialogues.
  std::string log() const override;

 private:
  finished_command run_inside(const std::vector<std::string>& words) const;
  void write_settings(const edge_place& at) const;

  std::string address_;
  std::chrono::seconds wait_;
  std::uint16_t cbvd_port_;
  std::uint16_t port_;
  unpacked_server server_;
};

}  // namespace cbv::e2e

#endif
