// What the tests with a mail server at the edge share: it asks cbvd, and cbvd asks the Postfix
// behind it.
#ifndef CBV_TESTS_E2E_EDGE_TEST_HPP
#define CBV_TESTS_E2E_EDGE_TEST_HPP

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "tests/e2e/dialogue.hpp"
#include "tests/e2e/edge.hpp"
#include "tests/e2e/far_host_test.hpp"
#include "tests/e2e/postfix.hpp"

namespace cbv::e2e {

/// The server behind has mailboxes for ann and bob.
class edge_test : public far_host_test {
 protected:
  /// Starts the server behind, with these settings besides. A test makes edge_ then, to be where
  /// this says, and calls start_asking().
  edge_place start_inside(const postfix_options& options = {}) {
    far_host_ = std::make_unique<postfix>(place_.path(), address_, domain,
                                          std::vector<std::string>{"ann", "bob"}, options);
    std::filesystem::create_directories(place_.path() / "edge");
    return edge_place{place_.path() / "edge", address_, far_host_->port()};
  }

  /// Starts the cbvd that the edge asks, with these settings besides. {inside} in them is where the
  /// server behind listens.
  void start_asking(const std::string& more_settings = "") {
    const std::map<std::string, std::string> values = {
        {"inside", address_ + ":" + std::to_string(far_host_->port())}};
    start_cbvd(far_host_->port(), filled_in(edge_->cbvd_settings() + more_settings, values));
  }

  /// What the edge says to RCPT TO.
  std::string rcpt(const std::string& recipient, const std::string& sender = "") {
    dialogue client(address_, edge_->port());
    client.say("EHLO client.example.com");
    EXPECT_THAT(client.say("MAIL FROM:<" + sender + ">"), testing::StartsWith("250 "));
    return client.say("RCPT TO:<" + recipient + ">");
  }

  /// Sends a message with this subject through the edge; what it says in the end.
  std::string send(const std::string& recipient, const std::string& subject) {
    dialogue client(address_, edge_->port());
    for (const std::string& command :
         {std::string("EHLO client.example.com"), std::string("MAIL FROM:<joe@example.net>"),
          "RCPT TO:<" + recipient + ">"}) {
      EXPECT_THAT(client.say(command), testing::StartsWith("250"));
    }
    EXPECT_THAT(client.say("DATA"), testing::StartsWith("354 "));
    return client.say("Subject: " + subject + "\r\n\r\nHello.\r\n.");
  }

  std::string far_log() const override { return far_host_ ? far_host_->log() : ""; }

  void TearDown() override {
    far_host_test::TearDown();
    if (HasFailure() && edge_) std::cerr << "-- the edge:\n" << edge_->log();
  }

  std::unique_ptr<postfix> far_host_;
  std::unique_ptr<edge> edge_;
};

}  // namespace cbv::e2e

#endif
