// A client that always has questions in flight, until the daemon is killed under it.
#ifndef CBV_TESTS_E2E_LOAD_HPP
#define CBV_TESTS_E2E_LOAD_HPP

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/e2e/ledger.hpp"

namespace cbv::e2e {

/// A question, as the ledger wants to know of it.
struct load_question {
  std::string address;
  bool fresh = false;
};

/// One connection. What is told, and how far `health` says that it is committed, goes into the
/// ledger.
class load {
 public:
  load(const std::filesystem::path& socket, ledger& into, std::function<load_question()> next);

  /// Keeps so many questions in flight until `ended` or the time is over. Throws if the daemon goes
  /// away, or answers with an error.
  void run(std::size_t in_flight, std::chrono::milliseconds length,
           const std::function<bool()>& ended);

  /// Asks about all of them from memory alone; the results in the same order.
  std::vector<std::string> recall(const std::vector<std::string>& addresses);

 private:
  void send(const std::string& line);
  void ask_next();
  void ask_health();
  void read_on();
  void take(const std::string& line);

  boost::asio::io_context io_;
  boost::asio::local::stream_protocol::socket socket_;
  ledger& ledger_;
  std::function<load_question()> next_;
  std::function<bool()> ended_;
  std::string received_;
  std::map<std::size_t, std::string> in_flight_;  // by id; empty: a health
  std::size_t last_id_ = 0;
  std::size_t told_since_health_ = 0;
  std::size_t told_before_health_ = 0;
  bool health_in_flight_ = false;
};

}  // namespace cbv::e2e

#endif
