#include "tests/e2e/load.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <utility>

namespace cbv::e2e {

namespace asio = boost::asio;

namespace {

using json = nlohmann::json;

constexpr std::size_t recalled_at_once = 400;
constexpr std::size_t told_between_healths = 2;
constexpr int wait_ms = 60'000;  // far above what any machine needs

json request(std::size_t id, const char* method) {
  return {{"jsonrpc", "2.0"}, {"id", id}, {"method", method}};
}

json question(std::size_t id, const std::string& address) {
  auto asked = request(id, "verify_recipient");
  asked["params"] = {{"address", address}, {"wait_ms", wait_ms}};
  return asked;
}

json result_in(const std::string& line) {
  json response = json::parse(line);
  if (!response.contains("result")) throw std::runtime_error("not a result: " + line);
  return response;
}

}  // namespace

load::load(const std::filesystem::path& socket, ledger& into, std::function<load_question()> next)
    : socket_(io_), ledger_(into), next_(std::move(next)) {
  socket_.connect(asio::local::stream_protocol::endpoint(socket));
}

void load::send(const std::string& line) {
  asio::write(socket_, asio::buffer(line + "\n"));
}

void load::ask_next() {
  const load_question wanted = next_();
  auto asked = question(++last_id_, wanted.address);
  if (wanted.fresh) asked["params"]["fresh"] = true;
  in_flight_[last_id_] = wanted.address;
  ledger_.asked(wanted.address);
  send(asked.dump());
}

void load::ask_health() {
  in_flight_[++last_id_] = "";
  health_in_flight_ = true;
  told_before_health_ = ledger_.told_count();
  told_since_health_ = 0;
  send(request(last_id_, "health").dump());
}

void load::take(const std::string& line) {
  const json response = result_in(line);
  const auto of = in_flight_.find(response.at("id").get<std::size_t>());
  if (of == in_flight_.end()) throw std::runtime_error("not asked: " + line);
  const std::string address = of->second;
  in_flight_.erase(of);
  const json& result = response.at("result");
  if (!address.empty()) {
    ledger_.told(address, result.dump());
    ask_next();
    if (++told_since_health_ >= told_between_healths && !health_in_flight_) ask_health();
    return;
  }
  health_in_flight_ = false;
  if (result.at("store") != "ok") throw std::runtime_error("the store has failed: " + line);
  ledger_.promised(result.at("writes"), told_before_health_);
  ledger_.committed(result.at("writes_committed"));
}

void load::read_on() {
  asio::async_read_until(socket_, asio::dynamic_buffer(received_), '\n',
                         [this](const boost::system::error_code& failed, std::size_t length) {
                           if (failed) throw boost::system::system_error(failed);
                           take(received_.substr(0, length - 1));
                           received_.erase(0, length);
                           if (ended_()) return io_.stop();
                           read_on();
                         });
}

void load::run(std::size_t in_flight, std::chrono::milliseconds length,
               const std::function<bool()>& ended) {
  ended_ = ended;
  ask_health();
  for (std::size_t i = 0; i < in_flight; ++i) ask_next();
  read_on();
  io_.run_for(length);
}

std::vector<std::string> load::recall(const std::vector<std::string>& addresses) {
  std::vector<std::string> results(addresses.size());
  for (std::size_t done = 0; done < addresses.size();) {
    const std::size_t end = std::min(done + recalled_at_once, addresses.size());
    std::string lines;
    for (std::size_t i = done; i < end; ++i) {
      auto asked = question(i, addresses[i]);
      asked["params"]["cached_only"] = true;
      lines += asked.dump() + "\n";
    }
    asio::write(socket_, asio::buffer(lines));
    for (; done < end; ++done) {
      const auto length = asio::read_until(socket_, asio::dynamic_buffer(received_), '\n');
      const json response = result_in(received_.substr(0, length - 1));
      received_.erase(0, length);
      results.at(response.at("id").get<std::size_t>()) = response.at("result").dump();
    }
  }
  return results;
}

}  // namespace cbv::e2e
