// bench-ask: asks a running cbvd over its unix socket, many questions in flight, and prints what
// came of it as one line of JSON.
//
//   --socket PATH --total N     how many questions
//   --connections N --depth N   so many in flight on each connection
//   --address PATTERN           {i} is the number of the question, {h} the rest of dividing it by
//   --hosts
//   --hosts N --first N         the number of the first question
//   --among N                   the numbers are those below N, in no order
//   --fresh yes|no --wait-ms N
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <iostream>
#include <map>
#include <stdexcept>
#include <utility>
#include <vector>

#include "tests/bench/arguments.hpp"
#include "tests/bench/events.hpp"

namespace cbv::bench {
namespace {

int connect_to(const std::string& path) {
  sockaddr_un where{};
  where.sun_family = AF_UNIX;
  if (path.size() >= sizeof(where.sun_path)) throw std::invalid_argument("a path too long");
  std::memcpy(where.sun_path, path.c_str(), path.size() + 1);
  const int made = checked(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  checked(::connect(made, reinterpret_cast<const sockaddr*>(&where), sizeof(where)), "connect");
  return made;
}

/// What stands behind `"name":` in a line of JSON, up to the next comma or quote.
std::string_view member(std::string_view line, std::string_view name) {
  const std::size_t found = line.find(name);
  if (found == std::string_view::npos) return {};
  line.remove_prefix(found + name.size());
  return line.substr(0, line.find_first_of(",\"}"));
}

class load {
 public:
  explicit load(const arguments& given)
      : address_(given.text("address")),
        hosts_(given.number("hosts", 1)),
        first_(given.number("first", 0)),
        among_(given.number("among", 0)),
        total_(given.number("total", 1000)),
        depth_(given.number("depth", 1)),
        tail_(std::string(R"(","fresh":)") + (given.text("fresh") == "no" ? "false" : "true") +
              R"(,"wait_ms":)" + std::to_string(given.number("wait-ms", 60'000)) + "}}\n"),
        asked_at_(total_),
        took_(total_) {
    const auto connections = static_cast<std::uint32_t>(given.number("connections", 1));
    for (std::uint32_t i = 0; i < connections; ++i) {
      clients_.push_back(connect_to(given.text("socket")));
      heard_.emplace_back();
      ready_.add(clients_.back(), i);
    }
  }

  void run() {
    const double began = seconds_now();
    for (std::uint32_t i = 0; i < clients_.size(); ++i) ask(i, depth_);
    while (answered_ < total_) {
      for (const epoll_event& one : ready_.wait(1000)) hear(one.data.u32);
    }
    print(seconds_now() - began);
  }

 private:
  void ask(std::uint32_t client, std::uint64_t questions) {
    std::string requests;
    const double now = seconds_now();
    for (; questions > 0 && asked_ < total_; --questions, ++asked_) {
      const std::uint64_t turn = first_ + asked_;
      const std::uint64_t number = among_ == 0 ? turn : scattered(turn, among_);
      std::string address = numbered(address_, "{h}", number % hosts_);
      address = numbered(std::move(address), "{i}", number);
      requests += R"({"jsonrpc":"2.0","id":)" + std::to_string(asked_) +
                  R"(,"method":"verify_recipient","params":{"address":")" + address + tail_;
      asked_at_[asked_] = now;
    }
    if (!write_all(clients_[client], requests)) throw std::runtime_error("cbvd has gone");
  }

  void hear(std::uint32_t client) {
    if (!heard_[client].read_from(clients_[client])) throw std::runtime_error("cbvd has gone");
    std::string_view line;
    std::uint64_t answers = 0;
    const double now = seconds_now();
    for (; heard_[client].next(line); ++answers) {
      const std::string_view id = member(line, R"("id":)");
      std::uint64_t question = total_;
      std::from_chars(id.data(), id.data() + id.size(), question);
      if (question >= total_) throw std::runtime_error("an answer to nothing");
      took_[question] = now - asked_at_[question];
      ++counts_[std::string(member(line, R"("status":")")) + ' ' +
                std::string(member(line, R"("reason":")"))];
    }
    answered_ += answers;
    ask(client, answers);
  }

  void print(double seconds) {
    std::sort(took_.begin(), took_.end());
    const auto at = [this](double share) {
      return took_[static_cast<std::size_t>(share * static_cast<double>(total_ - 1))] * 1e3;
    };
    std::cout << R"({"answers":)" << answered_ << R"(,"seconds":)" << seconds << R"(,"rate":)"
              << static_cast<double>(answered_) / seconds << R"(,"p50_ms":)" << at(0.5)
              << R"(,"p99_ms":)" << at(0.99) << R"(,"max_ms":)" << at(1) << R"(,"verdicts":{)";
    const char* comma = "";
    for (const auto& [verdict, count] : counts_) {
      std::cout << std::exchange(comma, ",") << '"' << verdict << R"(":)" << count;
    }
    std::cout << "}}\n";
  }

  std::string address_;
  std::uint64_t hosts_;
  std::uint64_t first_;
  std::uint64_t among_;
  std::uint64_t total_;
  std::uint64_t depth_;
  std::string tail_;
  std::vector<double> asked_at_;
  std::vector<double> took_;
  std::vector<int> clients_;
  std::vector<lines> heard_;
  events ready_;
  std::uint64_t asked_ = 0;
  std::uint64_t answered_ = 0;
  std::map<std::string, std::uint64_t> counts_;
};

}  // namespace
}  // namespace cbv::bench

int main(int count, char** words) {
  try {
    cbv::bench::raise_file_limit();
    cbv::bench::load(cbv::bench::arguments(count, words)).run();
    return 0;
  } catch (const std::exception& failed) {
    std::cerr << "bench-ask: " << failed.what() << '\n';
    return 1;
  }
}
