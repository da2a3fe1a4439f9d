// The test suite of RFC 7208: tests/corpus/spf.
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "cbv/dns/name.hpp"
#include "cbv/spf/check_host.hpp"
#include "tests/sim/sim_dns.hpp"
#include "tests/sim/sim_timer.hpp"
#include "tools/cbv-sim/zone.hpp"

namespace cbv::spf {
namespace {

using nlohmann::json;
using namespace std::chrono_literals;

std::string octets_of(const std::string& hex) {
  std::string octets;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    octets += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
  }
  return octets;
}

std::string name_of(const json& from) {
  return dns::escaped_name(from.get<std::string>());
}

std::optional<sim::zone_record> record_of(const json& from) {
  const auto type = from.at("type").get<std::string>();
  sim::zone_record made;
  made.ttl = 300s;
  if (type == "A") {
    made.type = dns::record_type::a;
    made.data = asio::ip::make_address_v4(from.at("data").get<std::string>());
  } else if (type == "AAAA") {
    made.type = dns::record_type::aaaa;
    made.data = asio::ip::make_address_v6(from.at("data").get<std::string>());
  } else if (type == "MX") {
    made.type = dns::record_type::mx;
    made.data =
        dns::mx_record{from.at("preference").get<std::uint16_t>(), name_of(from.at("exchange"))};
  } else if (type == "PTR" || type == "CNAME") {
    made.type = type == "PTR" ? dns::record_type::ptr : dns::record_type::cname;
    made.data = dns::name_data{name_of(from.at("data"))};
  } else if (type == "TXT") {
    dns::text_data texts;
    for (const json& each : from.at("strings")) {
      texts.strings.push_back(octets_of(each.at("hex").get<std::string>()));
    }
    made.type = dns::record_type::txt;
    made.data = std::move(texts);
  } else {
    return std::nullopt;  // type SPF is of the past (RFC 7208 section 3.1)
  }
  return made;
}

sim::zone zone_of(const json& from) {
  sim::zone made;
  for (const auto& [owner, records] : from.items()) {
    const std::string name = dns::escaped_name(owner);
    std::vector<dns::record_type> silent = {dns::record_type::a, dns::record_type::aaaa,
                                            dns::record_type::mx, dns::record_type::ptr,
                                            dns::record_type::txt};
    bool times_out = false;
    for (const json& each : records) {
      times_out = times_out || each.contains("timeout");
      const auto one = record_of(each);
      if (!one) continue;
      std::erase(silent, one->type);
      made.add(name, *one);
    }
    if (!times_out) continue;
    for (const dns::record_type each : silent) {
      made.add_temper(name, each, sim::name_temper::timeout, {});
    }
  }
  return made;
}

outcome check(const sim::zone& dns, const identity& asked) {
  sim::sim_timer time;
  sim::sim_dns names(time, dns);
  asio::io_context io;
  std::optional<outcome> said;
  asio::co_spawn(io, check_host(names, time, asked, {}, time.now() + 20s),
                 [&](const std::exception_ptr& thrown, outcome end) {
                   if (thrown) std::rethrow_exception(thrown);
                   said = std::move(end);
                 });
  sim::run_until(io, time, time.now() + 21s, [&] { return said.has_value(); });
  if (!said) throw std::runtime_error("no outcome by the deadline");
  return *said;
}

TEST(SpfConformanceTest, AgreesWithTheSuiteOfRfc7208) {
  std::ifstream file(CBV_SOURCE_DIR "/tests/corpus/spf/rfc7208-tests.json");
  const json suite = json::parse(file);
  int checked = 0;
  for (const json& scenario : suite) {
    SCOPED_TRACE(scenario.at("scenario").get<std::string>());
    const sim::zone dns = zone_of(scenario.at("zone"));
    for (const json& each : scenario.at("tests")) {
      SCOPED_TRACE(each.at("id").get<std::string>());
      const identity asked = mail_from_identity(
          asio::ip::make_address(each.at("ip").get<std::string>()),
          each.at("helo").get<std::string>(), each.at("mailfrom").get<std::string>());
      const outcome said = check(dns, asked);
      const auto accepted = each.at("accept_results").get<std::vector<std::string>>();
      EXPECT_NE(std::find(accepted.begin(), accepted.end(), to_string(said.said)), accepted.end())
          << to_string(said.said) << " is not " << accepted.front() << ": " << said.problem;
      if (each.contains("explanation")) {
        const auto words = each.at("explanation").get<std::string>();
        EXPECT_EQ(said.explanation, words == "DEFAULT" ? "" : words);
      }
      ++checked;
    }
  }
  EXPECT_EQ(checked, 203);
}

}  // namespace
}  // namespace cbv::spf
