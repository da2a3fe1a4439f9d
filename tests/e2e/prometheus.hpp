// A real Prometheus, with data of its own, that scrapes one target.
#ifndef CBV_TESTS_E2E_PROMETHEUS_HPP
#define CBV_TESTS_E2E_PROMETHEUS_HPP

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "tests/e2e/process.hpp"

namespace cbv::e2e {

class prometheus {
 public:
  /// Starts it below `folder`, on a port of its own of the loopback; returns when it answers.
  /// Throws if it is not installed.
  prometheus(const std::filesystem::path& folder, const std::string& target);

  /// What it says to an expression: the whole JSON of /api/v1/query.
  std::string query(const std::string& expression) const;

  /// The samples of an expression that is a vector: "name{label=value,...}", labels in the order of
  /// their names, without those that Prometheus adds.
  std::map<std::string, double> samples(const std::string& expression) const;

  /// Has looked at the target, and found it well.
  bool has_scraped() const;

 private:
  std::uint16_t port_ = 0;
  std::unique_ptr<process> server_;
};

/// The samples of the text format, under the same names.
std::map<std::string, double> samples_of_text(const std::string& text);

/// GET of a path over a connection of its own: the whole answer. Throws if nobody listens.
std::string http_get(const std::string& address, std::uint16_t port, const std::string& path);

}  // namespace cbv::e2e

#endif
