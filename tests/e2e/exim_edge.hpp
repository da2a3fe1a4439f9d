// A real Exim at the edge, with tools/examples/exim/cbv.acl as it stands, called as README.md has
// it.
#ifndef CBV_TESTS_E2E_EXIM_EDGE_HPP
#define CBV_TESTS_E2E_EXIM_EDGE_HPP

#include <string>

#include "tests/e2e/edge.hpp"
#include "tests/e2e/unpacked_server.hpp"

namespace cbv::e2e {

class exim_edge final : public edge {
 public:
  /// `acl` is in place of the example, and `asks` of what README.md calls in it.
  explicit exim_edge(const edge_place& at, const std::string& acl = example("exim/cbv.acl"),
                     const std::string& asks = "cbv_recipient cbv_sender");

  std::string cbvd_settings() const override;
  /// Where it asks: ADDRESS:PORT.
  const std::string& cbvd_at() const { return cbvd_at_; }
  std::string reply_without_cbvd() const override { return "451 4.3.0 "; }
  std::uint16_t port() const override { return port_; }
  void deliver_now() override;
  std::string log() const override;

 private:
  std::string cbvd_at_;
  std::uint16_t port_;
  unpacked_server server_;
};

}  // namespace cbv::e2e

#endif
