// A real Postfix at the edge, with the settings of tools/examples/postfix as they stand.
#ifndef CBV_TESTS_E2E_POSTFIX_EDGE_HPP
#define CBV_TESTS_E2E_POSTFIX_EDGE_HPP

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/e2e/edge.hpp"
#include "tests/e2e/postfix.hpp"

namespace cbv::e2e {

class postfix_edge final : public edge {
 public:
  /// `settings`, added to its main.cf, are an example's text or that of README.md; `without_cbvd`
  /// is the beginning of what it says to RCPT TO then.
  postfix_edge(const edge_place& at, const std::string& settings, std::string without_cbvd);

  static std::unique_ptr<postfix_edge> with_policy_service(const edge_place& at);
  static std::unique_ptr<postfix_edge> with_socketmap(const edge_place& at);

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
