#include "api/client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/errc.hpp>
#include <charconv>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "api/json_pieces.hpp"
#include "api/json_writer.hpp"
#include "cbv/async/deadline.hpp"
#include "cbv/async/wakeup.hpp"
#include "cbv/net/endpoint.hpp"
#include "cbv/net/line_reader.hpp"
#include "cbv/net/socket_stream.hpp"
#include "cbv/net/tcp_dialer.hpp"

namespace cbv::api {
namespace {

// The longest are those of `stats`: longest_history hours, in each both roles with every word.
constexpr std::size_t response_octets_max = 16'777'216;

error_code protocol_error() {
  return make_error_code(boost::system::errc::protocol_error);
}

std::string render_request(std::uint64_t id, std::string_view method, std::string_view params) {
  std::string line;
  json_writer json(line);
  json.begin_object();
  json.key("jsonrpc");
  json.text("2.0");
  json.key("id");
  json.number(id);
  json.key("method");
  json.text(method);
  json.key("params");
  json.raw(params);
  json.end_object();
  line += '\n';
  return line;
}

// A response and the call it is for; 0 is none: it is about the connection.
struct addressed_response {
  std::uint64_t id = 0;
  response told;
};

std::string text_of(const nlohmann::json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::optional<addressed_response> read_response(const std::string& line) {
  // A page of the cache is long: no tree is made of a result that is only passed on.
  if (!nlohmann::json::accept(line)) return std::nullopt;
  const std::string_view id = member_of(line, "id");
  if (id.empty()) return std::nullopt;
  addressed_response read;
  std::from_chars(id.data(), id.data() + id.size(), read.id);
  if (const std::string_view result = member_of(line, "result"); !result.empty()) {
    read.told.result = result;
    return read;
  }
  constexpr bool throws = false;
  const auto error = nlohmann::json::parse(member_of(line, "error"), nullptr, throws);
  if (!error.is_object()) return std::nullopt;
  const auto code = error.find("code");
  if (code == error.end() || !code->is_number_integer()) return std::nullopt;
  read.told.failed =
      remote_fault{code->get<int>(), text_of(error, "message"), text_of(error, "data")};
  return read;
}

awaitable<result<std::unique_ptr<net::stream>>> connect_to(std::string where) {
  constexpr std::string_view unix_prefix = "unix:";
  constexpr std::string_view localhost = "localhost:";
  if (where.find('/') != std::string::npos) {
    if (where.starts_with(unix_prefix)) where.erase(0, unix_prefix.size());
    co_return co_await net::connect_local(std::move(where));
  }
  if (where.starts_with(localhost)) where.replace(0, localhost.size(), "127.0.0.1:");
  const auto peer = net::parse_endpoint(where);
  if (!peer) co_return asio::error::invalid_argument;
  net::tcp_dialer dialer;
  co_return co_await dialer.connect(*peer);
}

}  // namespace

struct client::state {
  struct waiter {
    std::uint64_t id;
    wakeup answered;
    std::optional<result<response>> told;
  };

  state(std::unique_ptr<net::stream> connected, timer& the_time, const asio::any_io_executor& on)
      : stream(std::move(connected)), time(the_time), executor(on), output_changed(on) {}

  static awaitable<void> read_responses(std::shared_ptr<state> self);
  static awaitable<void> write_requests(std::shared_ptr<state> self);
  static awaitable<result<response>> ask(std::shared_ptr<state> self, std::string method,
                                         std::string params);

  void tell_all(const result<response>& what) {
    for (const auto& [id, asking] : std::exchange(waiting, {})) {
      asking->told = what;
      asking->answered.notify();
    }
  }

  void end(error_code why) {
    if (ended) return;
    ended = why;
    stream->close();
    output_changed.notify();
    tell_all(why);
  }

  std::unique_ptr<net::stream> stream;
  timer& time;
  asio::any_io_executor executor;
  std::uint64_t next_id = 1;
  std::unordered_map<std::uint64_t, waiter*> waiting;
  std::string output;
  wakeup output_changed;
  error_code ended;
};

awaitable<void> client::state::read_responses(std::shared_ptr<state> self) {
  net::line_reader lines(*self->stream, response_octets_max);
  while (!self->ended) {
    const auto line = co_await lines.next_line();
    if (!line) {
      const bool closed = line.error() == asio::error::eof;
      self->end(closed ? make_error_code(errc::not_available) : line.error());
      co_return;
    }
    auto read = read_response(*line);
    if (!read) {
      self->end(protocol_error());
      co_return;
    }
    if (read->id == 0) self->tell_all(std::move(read->told));
    const auto asked = self->waiting.find(read->id);
    if (asked == self->waiting.end()) continue;  // too late for it
    asked->second->told = std::move(read->told);
    asked->second->answered.notify();
    self->waiting.erase(asked);
  }
}

awaitable<void> client::state::write_requests(std::shared_ptr<state> self) {
  while (!self->ended) {
    if (self->output.empty()) {
      co_await self->output_changed.wait();
      continue;
    }
    std::string bytes = std::exchange(self->output, {});
    const auto written = co_await self->stream->write(std::move(bytes));
    // What the daemon said before it hung up says more than this, so the reader may still find it.
    if (!written) co_return;
  }
}

awaitable<result<response>> client::state::ask(std::shared_ptr<state> self, std::string method,
                                               std::string params) {
  if (self->ended) co_return self->ended;
  waiter mine{self->next_id++, wakeup(self->executor), std::nullopt};
  self->waiting.emplace(mine.id, &mine);
  // Out of time or cancelled, the answer must not find us any more.
  struct place {
    state& in;
    const waiter& of;
    ~place() { in.waiting.erase(of.id); }
  } const queued{*self, mine};

  self->output += render_request(mine.id, method, params);
  self->output_changed.notify();
  while (!mine.told) co_await mine.answered.wait();
  co_return *std::move(mine.told);
}

awaitable<result<std::unique_ptr<client>>> client::connect(std::string where, timer& time) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  auto connected = co_await connect_to(std::move(where));
  if (!connected) co_return connected.error();
  co_return std::make_unique<client>(*std::move(connected), time, executor);
}

client::client(std::unique_ptr<net::stream> connected, timer& time,
               const asio::any_io_executor& executor)
    : state_(std::make_shared<state>(std::move(connected), time, executor)) {
  asio::co_spawn(executor, state::read_responses(state_), asio::detached);
  asio::co_spawn(executor, state::write_requests(state_), asio::detached);
}

client::~client() {
  state_->end(asio::error::operation_aborted);
}

awaitable<result<response>> client::call(std::string method, std::string params,
                                         time_point deadline) {
  auto told = state::ask(state_, std::move(method), std::move(params));
  co_return co_await with_deadline(state_->time, deadline, std::move(told));
}

std::string verify_method(const query& asked) {
  return asked.role == role::sender ? "verify_sender" : "verify_recipient";
}

std::string verify_params(const query& asked) {
  std::string params;
  json_writer json(params);
  json.begin_object();
  json.key("address");
  json.text(asked.address);
  if (!asked.client_ip.empty()) {
    json.key("client_ip");
    json.text(asked.client_ip);
  }
  if (!asked.helo.empty()) {
    json.key("helo");
    json.text(asked.helo);
  }
  json.key("wait_ms");
  json.number(asked.wait.count());
  if (asked.fresh) {
    json.key("fresh");
    json.boolean(true);
  }
  if (asked.cached_only) {
    json.key("cached_only");
    json.boolean(true);
  }
  json.end_object();
  return params;
}

}  // namespace cbv::api
