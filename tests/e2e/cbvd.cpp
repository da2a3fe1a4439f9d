#include "tests/e2e/cbvd.hpp"

#include <lmdb.h>
#include <signal.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <chrono>
#include <nlohmann/json.hpp>
#include <ostream>
#include <stdexcept>
#include <vector>

#include "tests/e2e/files.hpp"
#include "tests/e2e/waiting.hpp"

namespace cbv::e2e {

namespace asio = boost::asio;

namespace {

// For an answer; far above what any machine needs.
constexpr std::chrono::milliseconds longest_wait{60'000};

std::string text_of(const nlohmann::json& object, const char* member) {
  const auto found = object.find(member);
  return found == object.end() || found->is_null() ? std::string() : found->get<std::string>();
}

answer answer_of(const nlohmann::json& result) {
  answer read;
  read.status = text_of(result, "status");
  read.reason = text_of(result, "reason");
  read.stage = text_of(result, "stage");
  read.source = text_of(result, "source");
  read.host = text_of(result, "host");
  read.host_ip = text_of(result, "host_ip");
  if (const auto& taken = result.at("catch_all"); !taken.is_null()) read.catch_all = taken;
  if (const auto& tls = result.at("tls"); !tls.is_null()) {
    read.tls_protocol = tls.at("protocol");
    read.tls_verified = tls.at("verified");
  }
  if (const auto& reply = result.at("reply"); !reply.is_null()) {
    read.reply_code = reply.at("code").get<int>();
    read.reply_enhanced = text_of(reply, "enhanced");
    read.reply_text = text_of(reply, "text");
  }
  return read;
}

nlohmann::json question(std::size_t id, const std::string& address) {
  return {{"jsonrpc", "2.0"},
          {"id", id},
          {"method", "verify_recipient"},
          {"params", {{"address", address}, {"wait_ms", longest_wait.count()}}}};
}

answer result_of(const nlohmann::json& response) {
  if (!response.contains("result")) throw std::runtime_error("not a result: " + response.dump());
  return answer_of(response.at("result"));
}

}  // namespace

std::ostream& operator<<(std::ostream& to, const answer& shown) {
  return to << shown.status << ' ' << shown.reason << " at " << shown.stage << " from "
            << shown.source
            << (shown.catch_all ? *shown.catch_all ? ", catch-all" : ", no catch-all" : "")
            << (shown.tls_protocol.empty() ? "" : ", ") << shown.tls_protocol
            << (shown.tls_verified ? " verified" : "") << ": " << shown.host << " ["
            << shown.host_ip << "] " << shown.reply_code << ' ' << shown.reply_enhanced << ' '
            << shown.reply_text;
}

answer read_answer(std::string_view json) {
  return answer_of(nlohmann::json::parse(json));
}

cbvd::cbvd(const std::filesystem::path& folder, std::string_view settings,
           const std::map<std::string, std::string>& values)
    : folder_(folder / "cbvd") {
  std::filesystem::create_directories(folder_);
  auto all_values = values;
  all_values["folder"] = folder_;
  write_file(folder_ / "cbvd.toml", filled_in(settings, all_values));
  start();
}

void cbvd::start() {
  launch();
  wait_until_it_listens();
}

void cbvd::launch(const std::vector<std::string>& by) {
  std::vector<std::string> words = by;
  words.insert(words.end(), {CBV_E2E_CBVD, "--config", folder_ / "cbvd.toml"});
  daemon_ = std::make_unique<process>(words, folder_ / "log");
}

void cbvd::wait_until_it_listens() {
  wait_for("cbvd to listen", [this] {
    if (!daemon_->running()) throw std::runtime_error("cbvd did not start: " + log());
    asio::io_context io;
    boost::system::error_code refused;
    asio::local::stream_protocol::socket client(io);
    client.connect(asio::local::stream_protocol::endpoint(socket()), refused);
    return !refused;
  });
}

void cbvd::kill() {
  daemon_->end(SIGKILL);
}

int cbvd::stop() {
  daemon_->end(SIGTERM);
  return daemon_->exit_status();
}

void cbvd::write_settings(std::string_view added) {
  const auto file = folder_ / "cbvd.toml";
  write_file(file, read_file(file) + std::string(added));
}

int cbvd::stop_again_and_again() {
  while (daemon_->running()) daemon_->signal(SIGTERM);
  return daemon_->exit_status();
}

void cbvd::reload(std::string_view added) {
  write_settings(added);
  daemon_->signal(SIGHUP);
}

void cbvd::change(const std::string& old_text, const std::string& new_text) {
  const auto file = folder_ / "cbvd.toml";
  write_file(file, replaced(read_file(file), old_text, new_text));
  daemon_->signal(SIGHUP);
}

std::string cbvd::ask_line(const std::string& request) const {
  asio::io_context io;
  asio::local::stream_protocol::socket client(io);
  client.connect(asio::local::stream_protocol::endpoint(socket()));
  const std::string sent = request + "\n";
  asio::write(client, asio::buffer(sent));
  std::string received;
  const auto length = asio::read_until(client, asio::dynamic_buffer(received), '\n');
  return received.substr(0, length - 1);
}

answer cbvd::ask(const std::string& address) const {
  return result_of(nlohmann::json::parse(ask_line(question(1, address).dump())));
}

answer cbvd::ask_memory(const std::string& address) const {
  auto request = question(1, address);
  request["params"]["cached_only"] = true;
  return result_of(nlohmann::json::parse(ask_line(request.dump())));
}

std::vector<answer> cbvd::ask_at_once(const std::vector<std::string>& addresses) const {
  auto batch = nlohmann::json::array();
  for (const auto& address : addresses) batch.push_back(question(batch.size(), address));
  const auto responses = nlohmann::json::parse(ask_line(batch.dump()));
  std::vector<answer> answers(addresses.size());
  for (const auto& response : responses) {
    answers.at(response.at("id").get<std::size_t>()) = result_of(response);
  }
  return answers;
}

std::string cbvd::log() const {
  return read_file(folder_ / "log");
}

std::size_t cbvd::committed(const char* table) const {
  const auto path = folder_ / "cache";
  MDB_env* env = nullptr;
  MDB_txn* snapshot = nullptr;
  MDB_dbi opened = 0;
  MDB_stat counted{};
  const bool read = mdb_env_create(&env) == MDB_SUCCESS &&
                    mdb_env_set_maxdbs(env, 8) == MDB_SUCCESS &&
                    mdb_env_open(env, path.c_str(), MDB_RDONLY, 0) == MDB_SUCCESS &&
                    mdb_txn_begin(env, nullptr, MDB_RDONLY, &snapshot) == MDB_SUCCESS &&
                    mdb_dbi_open(snapshot, table, 0, &opened) == MDB_SUCCESS &&
                    mdb_stat(snapshot, opened, &counted) == MDB_SUCCESS;
  if (snapshot != nullptr) mdb_txn_abort(snapshot);
  mdb_env_close(env);
  if (!read) throw std::runtime_error("cannot read the cache in " + path.string());
  return counted.ms_entries;
}

}  // namespace cbv::e2e
