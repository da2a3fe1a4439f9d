#include "api/server.hpp"

#include <gtest/gtest.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <deque>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "api/client.hpp"
#include "api/edge_session.hpp"
#include "api/policy_protocol.hpp"
#include "cbv/net/line_reader.hpp"
#include "cbv/net/socket_stream.hpp"
#include "cbv/net/tcp_dialer.hpp"
#include "tests/api/fake_backend.hpp"
#include "tests/api/fake_peer.hpp"
#include "tests/cbv/run.hpp"
#include "tests/sim/sim_timer.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::api {
namespace {

using json = nlohmann::json;
using namespace std::chrono_literals;

constexpr std::string_view slow_question =
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"1000@x"}})"
    "\n";

constexpr std::string_view quick_question =
    R"({"jsonrpc":"2.0","id":1,"method":"verify_sender","params":{"address":"30@x"}})"
    "\n";

// A listener to which a test connects clients, and that fails while there are errors left.
class fake_listener final : public net::listener {
 public:
  explicit fake_listener(const asio::any_io_executor& executor) : changed_(executor) {}

  awaitable<result<std::unique_ptr<net::stream>>> accept(asio::any_io_executor) override {
    ++asked;
    if (errors > 0) {
      --errors;
      co_return error_code(boost::system::errc::too_many_files_open,
                           boost::system::generic_category());
    }
    while (waiting_.empty()) co_await changed_.wait();
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    co_return next;
  }
  std::string name() const override { return "fake"; }
  std::uint16_t port() const noexcept override { return 0; }
  void close() noexcept override {}

  void connect(fake_peer& client) {
    waiting_.push_back(client.stream());
    changed_.notify();
  }

  int asked = 0;
  int errors = 0;

 private:
  wakeup changed_;
  std::deque<std::unique_ptr<net::stream>> waiting_;
};

// A server with a fake listener, in virtual time.
class ServerTest : public testing::Test {
 protected:
  void start() {
    server_.emplace(backend_, time_, options_, log_, io_.get_executor());
    listen();
  }
  // The policy service, as the daemon serves it.
  void start_policy_service() {
    service offered{[this](std::unique_ptr<net::stream> client) {
                      return std::make_unique<edge_session>(
                          std::move(client), std::make_unique<policy_protocol>(policy_options{}),
                          backend_, time_, edge_session_options{}, log_, io_.get_executor());
                    },
                    {}};
    server_.emplace(std::move(offered), time_, options_, log_, io_.get_executor());
    listen();
  }
  void listen() {
    auto made = std::make_unique<fake_listener>(io_.get_executor());
    listener_ = made.get();
    server_->serve(std::move(made));
  }
  fake_peer& connect() {
    fake_peer& client = clients_.emplace_back(io_.get_executor());
    listener_->connect(client);
    pass(0ms);
    return client;
  }
  void pass(std::chrono::milliseconds span) {
    sim::run_until(io_, time_, time_.now() + span, [] { return false; });
  }
  void begin_to_stop() {
    asio::co_spawn(io_, server_->stop(), [this](const std::exception_ptr& thrown) {
      EXPECT_FALSE(thrown);
      stopped_ = true;
    });
    pass(0ms);
  }
  void TearDown() override {
    if (!stopped_) begin_to_stop();
    pass(1h);
    EXPECT_TRUE(stopped_);
    EXPECT_EQ(time_.sleepers(), 0U);
    EXPECT_EQ(server_->clients(), 0U);
  }

  asio::io_context io_{1};
  sim::sim_timer time_;
  std::vector<std::string> logged_;
  logger log_{severity::warning,
              [this](severity, std::string_view line) { logged_.emplace_back(line); }};
  fake_backend backend_{time_};
  server_options options_;
  std::deque<fake_peer> clients_;
  std::optional<server> server_;
  fake_listener* listener_ = nullptr;
  bool stopped_ = false;
};

TEST_F(ServerTest, ServesManyClients) {
  start();
  for (int i = 0; i < 10; ++i) connect().send(slow_question);
  pass(500ms);
  EXPECT_EQ(server_->clients(), 10U);
  EXPECT_EQ(backend_.in_flight, 10U);
  pass(600ms);
  for (const fake_peer& client : clients_) EXPECT_NE(client.received(), "");
  for (fake_peer& client : clients_) client.end();
  pass(0ms);
  EXPECT_EQ(server_->clients(), 0U);
}

TEST_F(ServerTest, SurvivesThatNoClientCanBeAcceptedWithoutABusyLoop) {
  start();
  pass(0ms);
  listener_->errors = 50;
  fake_peer& first = connect();  // ends the accept() that was under way
  EXPECT_FALSE(first.closed());
  fake_peer& second = connect();
  second.send(slow_question);
  pass(4s);
  EXPECT_EQ(server_->clients(), 1U);
  EXPECT_LE(listener_->asked, 50);
  pass(10s);
  EXPECT_EQ(server_->clients(), 2U);
  EXPECT_NE(second.received(), "");
  EXPECT_EQ(logged_,
            (std::vector<std::string>{"accept_failed on=fake error=\"Too many open files\""}))
      << "once a minute";
}

TEST_F(ServerTest, OneClientTooManyIsToldSo) {
  options_.clients_max = 2;
  start();
  fake_peer& first = connect();
  connect();
  const fake_peer& third = connect();
  EXPECT_EQ(third.received(),
            R"({"jsonrpc":"2.0","id":null,"error":{"code":-32003,"message":"Too many clients",)"
            R"("data":"more than 2 clients"}})"
            "\n");
  EXPECT_TRUE(third.closed());
  EXPECT_EQ(logged_, (std::vector<std::string>{"client_turned_away on=fake clients=2"}));
  first.end();
  pass(0ms);
  EXPECT_FALSE(connect().closed()) << "there is room again";
}

TEST_F(ServerTest, AnMtaTooManyIsClosedWithoutAWord) {
  options_.clients_max = 1;
  start_policy_service();
  connect();
  const fake_peer& second = connect();
  EXPECT_EQ(second.received(), "");
  EXPECT_TRUE(second.closed());
  EXPECT_EQ(logged_, (std::vector<std::string>{"client_turned_away on=fake clients=1"}));
}

TEST_F(ServerTest, MtasThatAreNotUnderstoodAreLoggedOnceAMinute) {
  start_policy_service();
  for (int i = 0; i < 3; ++i) connect().send("nonsense\n");
  pass(0ms);
  EXPECT_EQ(logged_, (std::vector<std::string>{
                         "client_closed reason=not_understood detail=\"policy_service: expected "
                         "name=value, got \\\"nonsense\\\"\""}));
  pass(61s);
  connect().send("nonsense\n");
  pass(0ms);
  EXPECT_EQ(logged_.size(), 2U);
  EXPECT_EQ(server_->clients(), 0U);
}

TEST_F(ServerTest, StoppedItAnswersTheRequestsOfMtasInFlight) {
  start_policy_service();
  fake_peer& client = connect();
  const fake_peer& quiet = connect();
  client.send("request=smtpd_access_policy\nprotocol_state=RCPT\nrecipient=1000@x.example\n\n");
  pass(0ms);
  begin_to_stop();
  EXPECT_TRUE(quiet.closed());
  EXPECT_FALSE(client.closed());
  pass(1s);
  EXPECT_EQ(client.received(), "action=DUNNO\n\n");
  EXPECT_TRUE(client.closed());
  EXPECT_TRUE(stopped_);
}

TEST_F(ServerTest, StoppedItAnswersTheQuestionsInFlight) {
  start();
  fake_peer& client = connect();
  client.send(slow_question);
  const fake_peer& quiet = connect();
  pass(0ms);
  begin_to_stop();
  EXPECT_FALSE(stopped_);
  EXPECT_TRUE(quiet.closed()) << "nothing to wait for";
  pass(2s);
  EXPECT_TRUE(stopped_);
  EXPECT_NE(client.received(), "");
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(logged_, std::vector<std::string>{});
}

TEST_F(ServerTest, StoppedItDoesNotWaitForEver) {
  options_.drain_timeout = 300ms;
  start();
  fake_peer& client = connect();
  client.send(slow_question);
  pass(0ms);
  begin_to_stop();
  pass(299ms);
  EXPECT_FALSE(stopped_);
  pass(2ms);
  EXPECT_TRUE(stopped_);
  EXPECT_EQ(client.received(), "");
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(backend_.in_flight, 0U);
  EXPECT_EQ(logged_, (std::vector<std::string>{"clients_cut_off clients=1"}));
}

TEST_F(ServerTest, AClientThatReadsNothingDoesNotHoldUpTheOthersNorTheStop) {
  start();
  fake_peer& deaf = connect();
  deaf.read_at_most(10);
  deaf.send(slow_question);
  fake_peer& other = connect();
  other.send(slow_question);
  pass(2s);
  EXPECT_NE(other.received(), "");
  begin_to_stop();
  pass(options_.drain_timeout + 1ms);
  EXPECT_TRUE(stopped_);
  EXPECT_TRUE(deaf.closed());
}

// Over real sockets, in real time; nothing here waits for time to pass.
class ServerOverSocketsTest : public testing::Test {
 protected:
  std::unique_ptr<net::listener> listen_on_tcp() {
    auto made = net::listen_tcp(io_.get_executor(), {asio::ip::make_address("127.0.0.1"), 0});
    EXPECT_TRUE(made);
    where_ = (*made)->name();
    return std::move(*made);
  }
  std::unique_ptr<net::listener> listen_on_unix() {
    where_ = folder_.path() / "cbvd.sock";
    auto made =
        net::listen_local(io_.get_executor(), where_, {.mode = 0660, .owner = {}, .group = {}});
    EXPECT_TRUE(made) << made.error().message();
    return std::move(*made);
  }
  void serve(std::unique_ptr<net::listener> on) { server_.serve(std::move(on)); }

  awaitable<result<std::unique_ptr<net::stream>>> dial() {
    if (where_.starts_with("/")) co_return co_await net::connect_local(where_);
    net::tcp_dialer dialer;
    const auto peer = net::parse_endpoint(where_);
    co_return co_await dialer.connect(*peer);
  }

  // Says all of `text`, then reads as many lines.
  awaitable<std::vector<std::string>> exchange(std::string text, std::size_t lines) {
    auto connected = co_await dial();
    if (!connected) throw boost::system::system_error(connected.error());
    const auto written = co_await (*connected)->write(std::move(text));
    if (!written) throw boost::system::system_error(written.error());
    net::line_reader reader(**connected, 1'000'000);
    std::vector<std::string> read;
    while (read.size() < lines) {
      auto line = co_await reader.next_line();
      if (!line) throw boost::system::system_error(line.error());
      read.push_back(std::move(*line));
    }
    co_return read;
  }

  awaitable<std::vector<std::string>> exchange_then_stop(std::string text, std::size_t lines) {
    auto read = co_await exchange(std::move(text), lines);
    co_await server_.stop();
    co_return read;
  }

  awaitable<void> ask_at_once_then_stop(int questions) {
    auto asking = co_await client::connect(where_, time_);
    if (!asking) throw boost::system::system_error(asking.error());
    open_ = questions;
    wakeup done(io_.get_executor());
    for (int i = 0; i < questions; ++i) {
      asio::co_spawn(io_, ask_one(**asking, i, done), asio::detached);
    }
    while (open_ > 0) co_await done.wait();
    asking->reset();
    co_await server_.stop();
  }
  awaitable<void> ask_one(client& with, int number, wakeup& done) {
    query asked;
    // The first asked is answered last.
    asked.address = std::to_string(20 - number % 20) + "@" + std::to_string(number);
    const auto told =
        co_await with.call(verify_method(asked), verify_params(asked), time_.now() + 30s);
    if (told && !told->failed && json::parse(told->result)["address"] == asked.address) ++right_;
    --open_;
    done.notify();
  }

  temporary_folder folder_;
  asio::io_context io_{1};
  system_timer time_;
  fake_backend backend_{time_};
  const logger silent_;
  server server_{backend_, time_, {}, silent_, io_.get_executor()};
  std::string where_;
  int open_ = 0;
  int right_ = 0;
};

TEST_F(ServerOverSocketsTest, AnswersOverTcp) {
  serve(listen_on_tcp());
  const auto lines = run(io_, exchange_then_stop(std::string(quick_question) +
                                                     R"({"jsonrpc":"2.0","id":2,"method":"health"})"
                                                     "\n",
                                                 1));
  EXPECT_EQ(json::parse(lines[0])["id"], 2) << "the other does not hold it up";
}

TEST_F(ServerOverSocketsTest, AnswersOverAUnixSocketThatIsGoneAfterwards) {
  serve(listen_on_unix());
  EXPECT_EQ(std::filesystem::status(where_).permissions(), std::filesystem::perms{0660});
  const auto lines = run(io_, exchange_then_stop("[]\n", 1));
  EXPECT_EQ(json::parse(lines[0])["error"]["code"], -32600);
  EXPECT_FALSE(std::filesystem::exists(where_));
}

TEST_F(ServerOverSocketsTest, ManyQuestionsOfOneClientAreAnsweredAtOnce) {
  serve(listen_on_tcp());
  run(io_, ask_at_once_then_stop(500));
  EXPECT_EQ(right_, 500);
}

TEST_F(ServerOverSocketsTest, SoAreThoseOverAUnixSocket) {
  serve(listen_on_unix());
  run(io_, ask_at_once_then_stop(500));
  EXPECT_EQ(right_, 500);
}

TEST_F(ServerOverSocketsTest, AnswersAClientThatHalfCloses) {
  serve(listen_on_unix());
  // What Exim's readsocket does: the request without a line end, end of input, then read to the
  // end.
  asio::local::stream_protocol::socket socket(io_);
  socket.connect(asio::local::stream_protocol::endpoint(where_));
  const std::string_view asked =
      R"({"jsonrpc":"2.0","id":7,"method":"verify_sender","params":{"address":"20@x"}})";
  asio::write(socket, asio::buffer(asked));
  socket.shutdown(asio::socket_base::shutdown_send);
  std::string read;
  bool ended = false;
  asio::async_read(socket, asio::dynamic_buffer(read), [&](const error_code& how, std::size_t) {
    ended = how == asio::error::eof;
    asio::co_spawn(io_, server_.stop(), asio::detached);
  });
  io_.run();
  EXPECT_TRUE(ended) << "the server closes when it has answered";
  EXPECT_EQ(json::parse(read)["id"], 7);
}

}  // namespace
}  // namespace cbv::api
