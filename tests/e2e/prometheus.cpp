#include "tests/e2e/prometheus.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <chrono>
#include <cstdlib>
#include <iterator>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "tests/e2e/files.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {
namespace {

using nlohmann::json;

constexpr auto program = "/usr/bin/prometheus";
constexpr auto loopback = "127.0.0.1";

constexpr auto settings = R"(
global:
  scrape_interval: 1s
scrape_configs:
  - job_name: cbv
    static_configs:
      - targets: ["{target}"]
)";

std::string percent_encoded(const std::string& text) {
  std::string made;
  for (const char octet : text) {
    static constexpr const char* digits = "0123456789ABCDEF";
    const auto value = static_cast<unsigned char>(octet);
    if (std::isalnum(value) != 0) {
      made += octet;
    } else {
      made += {'%', digits[value >> 4U], digits[value & 15U]};
    }
  }
  return made;
}

std::string name_of(const std::string& metric, const std::map<std::string, std::string>& labels) {
  std::string made = metric;
  char before = '{';
  for (const auto& [label, value] : labels) {
    made += before + label + '=' + value;
    before = ',';
  }
  return labels.empty() ? made : made + '}';
}

}  // namespace

std::string http_get(const std::string& address, std::uint16_t port, const std::string& path) {
  boost::asio::ip::tcp::iostream server;
  server.expires_after(std::chrono::seconds(60));
  const boost::asio::ip::tcp::endpoint at(boost::asio::ip::make_address(address), port);
  server.connect(at);
  if (!server) throw std::runtime_error("cannot connect: " + server.error().message());
  server << "GET " << path << " HTTP/1.0\r\nHost: localhost\r\n\r\n" << std::flush;
  return {std::istreambuf_iterator<char>(server), {}};
}

prometheus::prometheus(const std::filesystem::path& folder, const std::string& target) {
  if (!std::filesystem::exists(program)) {
    throw std::runtime_error(
        "Prometheus is not installed: apt-get install prometheus, or run tools/test");
  }
  const auto place = folder / "prometheus";
  std::filesystem::create_directories(place);
  write_file(place / "prometheus.yml", filled_in(settings, {{"target", target}}));
  server_ = std::make_unique<process>(
      std::vector<std::string>{program, "--config.file=" + (place / "prometheus.yml").string(),
                               "--storage.tsdb.path=" + (place / "data").string(),
                               "--web.listen-address=127.0.0.1:0"},
      place / "log");
  wait_for("Prometheus to be ready", [this, &place] {
    const std::string log = read_file(place / "log");
    if (!server_->running()) throw std::runtime_error("Prometheus did not start: " + log);
    std::smatch found;
    const std::regex listening(R"re(msg="Listening on" address=127\.0\.0\.1:([0-9]+))re");
    if (!std::regex_search(log, found, listening)) return false;
    port_ = static_cast<std::uint16_t>(std::stoul(found[1]));
    return log.find("Server is ready") != std::string::npos;
  });
}

std::string prometheus::query(const std::string& expression) const {
  const std::string answer =
      http_get(loopback, port_, "/api/v1/query?query=" + percent_encoded(expression));
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

std::map<std::string, double> prometheus::samples(const std::string& expression) const {
  const json answer = json::parse(query(expression));
  std::map<std::string, double> made;
  for (const json& one : answer.at("data").at("result")) {
    auto labels = one.at("metric").get<std::map<std::string, std::string>>();
    const std::string metric = labels["__name__"];
    for (const char* added : {"__name__", "job", "instance"}) labels.erase(added);
    made[name_of(metric, labels)] = std::stod(one.at("value").at(1).get<std::string>());
  }
  return made;
}

bool prometheus::has_scraped() const {
  const auto up = samples("up");
  return !up.empty() && up.begin()->second == 1.0;
}

std::map<std::string, double> samples_of_text(const std::string& text) {
  std::map<std::string, double> made;
  const std::regex label(R"re(([a-z_]+)="([^"]*)")re");
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty() || line.front() == '#') continue;
    const std::size_t name_end = line.find_first_of("{ ");
    const std::size_t labels_end = line.rfind(' ');
    std::map<std::string, std::string> labels;
    const std::string inside = line.substr(name_end, labels_end - name_end);
    for (std::sregex_iterator one(inside.begin(), inside.end(), label), end; one != end; ++one)
      labels[(*one)[1]] = (*one)[2];
    made[name_of(line.substr(0, name_end), labels)] = std::stod(line.substr(labels_end + 1));
  }
  return made;
}

}  // namespace cbv::e2e
