// What the tests with a far mail host share: example.org, its zone in a real name server, and a
// cbvd that asks about it.
#ifndef CBV_TESTS_E2E_FAR_HOST_TEST_HPP
#define CBV_TESTS_E2E_FAR_HOST_TEST_HPP

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <iostream>
#include <memory>
#include <string>

#include "tests/e2e/cbvd.hpp"
#include "tests/e2e/files.hpp"
#include "tests/e2e/knot.hpp"
#include "tests/e2e/loopback.hpp"

namespace cbv::e2e {

class far_host_test : public testing::Test {
 protected:
  /// The mail host of example.org is mx1.example.org, at `address_`. `records` are added to the
  /// zone; {address} in them is replaced. The name server's port is a free one if none is given.
  explicit far_host_test(const std::string& records = "", std::uint16_t dns_port = 0)
      : name_server_(place_.path(), address_, domain,
                     filled_in(zone + records, {{"address", address_}}), dns_port) {}

  /// Starts a cbvd that dials `port` and has these settings besides.
  void start_cbvd(std::uint16_t port, const std::string& more_settings = "") {
    daemon_ = std::make_unique<cbvd>(
        place_.path(), settings + more_settings,
        std::map<std::string, std::string>{{"address", address_},
                                           {"dns_port", std::to_string(name_server_.port())},
                                           {"smtp_port", std::to_string(port)}});
  }

  answer ask(const std::string& address) const { return daemon_->ask(address); }

  /// Shown when a test fails.
  virtual std::string far_log() const = 0;

  void TearDown() override {
    if (!HasFailure()) return;
    if (daemon_) std::cerr << "-- cbvd:\n" << daemon_->log();
    std::cerr << "-- the far host:\n" << far_log();
  }

  static constexpr auto domain = "example.org";

  const temporary_directory place_;
  const std::string address_ = own_address();
  knot name_server_;
  std::unique_ptr<cbvd> daemon_;

 private:
  static inline const std::string zone = R"(
$ORIGIN example.org.
$TTL 300
@    SOA  ns hostmaster 1 3600 900 604800 60
@    NS   ns
@    MX   10 mx1
ns   A    {address}
mx1  A    {address}
)";

  static inline const std::string settings = R"(
listen.unix = ["{folder}/socket"]
cache.directory = "{folder}/cache"
dns.servers = ["{address}:{dns_port}"]
callout.helo_name = "edge.example.net"
callout.port = {smtp_port}
callout.permit_networks = ["{address}/32"]
)";
};

/// The verdict is this.
inline testing::Matcher<answer> is_verdict(const std::string& status, const std::string& reason,
                                           const std::string& stage = "rcpt",
                                           const std::string& source = "callout") {
  using testing::Field;
  return testing::AllOf(
      Field("status", &answer::status, status), Field("reason", &answer::reason, reason),
      Field("stage", &answer::stage, stage), Field("source", &answer::source, source));
}

/// And it was the server's reply that said so.
inline testing::Matcher<answer> replied(int code, const std::string& enhanced,
                                        const std::string& part_of_text) {
  using testing::Field;
  return testing::AllOf(Field("reply code", &answer::reply_code, code),
                        Field("reply enhanced", &answer::reply_enhanced, enhanced),
                        Field("reply text", &answer::reply_text, testing::HasSubstr(part_of_text)));
}

}  // namespace cbv::e2e

#endif
