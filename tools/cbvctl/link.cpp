#include "tools/cbvctl/link.hpp"

#include <boost/asio/co_spawn.hpp>
#include <exception>
#include <filesystem>
#include <optional>
#include <utility>
#include <variant>

#include "api/cache_desk.hpp"
#include "api/json_rpc.hpp"
#include "api/protocol.hpp"
#include "tools/cbvctl/exit_status.hpp"

namespace cbv::ctl {
namespace {

constexpr std::chrono::milliseconds between_tries{200};

awaitable<result<std::unique_ptr<api::client>>> connect(std::string socket, timer& time) {
  auto connecting = api::client::connect(std::move(socket), time);
  co_return co_await std::move(connecting);
}

awaitable<result<api::response>> call(api::client& daemon, std::string method, std::string params,
                                      time_point deadline) {
  auto calling = daemon.call(std::move(method), std::move(params), deadline);
  co_return co_await std::move(calling);
}

awaitable<result<bool>> sleep(timer& time, time_point until) {
  co_await time.sleep_until(until);
  co_return true;
}

/// Runs until this has ended; the connection's own coroutines go on behind.
template <class Value>
result<Value> run(asio::io_context& context, awaitable<result<Value>> what) {
  std::optional<result<Value>> ended;
  asio::co_spawn(context, std::move(what),
                 [&ended](const std::exception_ptr& thrown, result<Value> outcome) {
                   if (thrown) std::rethrow_exception(thrown);
                   ended.emplace(std::move(outcome));
                 });
  context.restart();
  while (!ended) context.run_one();
  return *std::move(ended);
}

std::string said_by(const api::remote_fault& fault) {
  return fault.data.empty() ? fault.message : fault.message + ": " + fault.data;
}

constexpr int invalid_params = static_cast<int>(api::fault_code::invalid_params);
constexpr int method_not_found = static_cast<int>(api::fault_code::method_not_found);
constexpr int settings_not_read = static_cast<int>(api::fault_code::settings_not_read);

[[noreturn]] void stop_with(const api::remote_fault& fault) {
  if (fault.code == method_not_found) {
    throw stopped(exit_software,
                  "the daemon does not know " + fault.data + ": it is older than this cbvctl");
  }
  if (fault.code == settings_not_read)
    throw stopped(exit_config, "nothing has changed, because of\n" + fault.data);
  throw stopped(fault.code == invalid_params ? exit_usage : exit_software, said_by(fault));
}

}  // namespace

daemon_link::daemon_link(std::string socket, std::chrono::milliseconds patience)
    : socket_(std::move(socket)), patience_(patience) {}

daemon_link::~daemon_link() = default;

result<std::vector<std::string>> daemon_link::try_once(const std::string& method,
                                                       const std::vector<std::string>& params) {
  const time_point deadline = time_.now() + patience_;
  if (!daemon_) {
    auto connected = run(context_, connect(socket_, time_));
    if (!connected) return connected.error();
    daemon_ = *std::move(connected);
    met_ = true;
  }
  std::vector<std::optional<result<api::response>>> ended(params.size());
  std::size_t open = params.size();
  for (std::size_t i = 0; i < params.size(); ++i) {
    asio::co_spawn(context_, call(*daemon_, method, params[i], deadline),
                   [&ended, &open, i](const std::exception_ptr& thrown, auto outcome) {
                     if (thrown) std::rethrow_exception(thrown);
                     ended[i].emplace(std::move(outcome));
                     --open;
                   });
  }
  context_.restart();
  while (open > 0) context_.run_one();
  std::vector<std::string> results;
  for (auto& one : ended) {
    if (!*one) {
      daemon_.reset();
      return one->error();
    }
    if ((*one)->failed) stop_with(*(*one)->failed);
    results.push_back(std::move((*one)->result));
  }
  return results;
}

void daemon_link::pause(std::chrono::milliseconds length) {
  static_cast<void>(run(context_, sleep(time_, time_.now() + length)));
}

std::vector<std::string> daemon_link::ask_all(const std::string& method,
                                              const std::vector<std::string>& params, bool again) {
  const time_point give_up = time_.now() + patience_;
  while (true) {
    auto answered = try_once(method, params);
    if (answered) return *std::move(answered);
    const bool may_come_back = again && met_ && answered.error() != errc::timed_out;
    if (!may_come_back || time_.now() >= give_up) {
      throw stopped(exit_no_daemon, "no daemon at " + socket_ + ": " + answered.error().message());
    }
    pause(between_tries);
  }
}

directory_link::directory_link(const std::string& directory) {
  if (!std::filesystem::exists(std::filesystem::path(directory) / "data.mdb")) {
    throw stopped(exit_no_input, "there is no cache in " + directory + " (no file data.mdb)");
  }
  cache::shelf_options options;
  options.environment.directory = directory;
  {
    // Looked through before anything may be written: a damaged file is for cbvd to set aside.
    auto looked_at = cache::environment::open(options.environment);
    if (!looked_at) {
      const bool in_use = looked_at.error().fault == cache::open_fault::in_use;
      throw stopped(in_use ? exit_in_use : exit_ill,
                    looked_at.error().message +
                        (in_use ? "; to ask the one that runs, leave --directory out" : ""));
    }
    if (const auto sound = (*looked_at)->check(); !sound) {
      const std::string fault = (*looked_at)->fault();
      throw stopped(exit_ill, "the cache in " + directory + " is damaged: " +
                                  (fault.empty() ? sound.error().message() : fault));
    }
  }
  auto opened = cache::shelf::open(std::move(options), logger());
  if (!opened) throw stopped(exit_in_use, opened.error().message);
  shelf_ = *std::move(opened);
}

std::vector<std::string> directory_link::ask_all(const std::string& method,
                                                 const std::vector<std::string>& params,
                                                 bool /*again*/) {
  std::vector<std::string> results;
  results.reserve(params.size());
  for (const std::string& one : params) results.push_back(answer(method, one));
  return results;
}

std::string directory_link::answer(const std::string& method, const std::string& params) {
  const std::string request =
      R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}";
  const api::message read = api::read_message(request, {});
  const auto* asked = std::get_if<api::request>(&read.entries.front());
  if (asked == nullptr) throw stopped(exit_software, "not a request: " + request);
  const auto made = api::read_call(*asked);
  if (const auto* bad = std::get_if<api::fault>(&made)) throw stopped(exit_usage, bad->detail);
  cache::catalogue all(*shelf_, nullptr);
  auto answered = api::answer_cache_call(std::get<api::call>(made).of_cache, all, time_.wall_now());
  if (const auto* bad = std::get_if<api::fault>(&answered)) {
    throw stopped(exit_software, bad->detail);
  }
  return std::get<std::string>(std::move(answered));
}

}  // namespace cbv::ctl
