// What the tests with Postfix as the far host share.
#ifndef CBV_TESTS_E2E_POSTFIX_TEST_HPP
#define CBV_TESTS_E2E_POSTFIX_TEST_HPP

#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/far_host_test.hpp"
#include "tests/e2e/postfix.hpp"

namespace cbv::e2e {

/// ann and bob have mailboxes there, others have not.
class postfix_test : public far_host_test {
 protected:
  using far_host_test::far_host_test;

  /// Starts Postfix, and a cbvd with these settings that asks it.
  void start(const postfix_options& options = {}, const std::string& cbvd_settings = "") {
    far_host_ = std::make_unique<postfix>(place_.path(), address_, domain,
                                          std::vector<std::string>{"ann", "bob"}, options);
    start_cbvd(far_host_->port(), cbvd_settings);
  }

  std::string far_log() const override { return far_host_ ? far_host_->log() : ""; }

  std::unique_ptr<postfix> far_host_;
};

}  // namespace cbv::e2e

#endif
