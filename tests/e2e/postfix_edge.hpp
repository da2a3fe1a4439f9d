// A real Postfix at the edge, with the settings of tools/examples/postfix as they stand.
#ifndef CBV_TESTS_E2E_POSTFIX_EDGE_HPP
#define CBV_TESTS_E2E_POSTFIX_EDGE_HPP

#include <string>

#include "tests/e2e/edge.hpp"
#include "tests/e2e/postfix.hpp"

namespace cbv::e2e {

class postfix_edge final : public edge {
 public:
  /// `settings` is the file of tools/examples/postfix that is added to its main.cf.
  postfix_edge(const edge_place& at, const std::string& settings);

  std::string cbvd_settings() const override;
  std::string reply_without_cbvd() const override { return without_cbvd_; }
  std::uint16_t port() const override { return server_.port(); }
  void deliver_now() override { server_.deliver_now(); }
  std::string log() const override { return server_.log(); }

 private:
  std::filesystem::path queue_;
  std::chrono::seconds wait_;
  std::string without_cbvd_;
  postfix server_;
};

}  // namespace cbv::e2e

#endif
