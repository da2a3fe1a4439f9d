#include "api/client.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/errc.hpp>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "cbv/counting/history.hpp"
#include "tests/api/fake_peer.hpp"
#include "tests/cbv/run.hpp"
#include "tests/sim/sim_timer.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::api {
namespace {

using json = nlohmann::json;
using namespace std::chrono_literals;

// A client whose daemon is the test, in virtual time.
class ClientTest : public testing::Test {
 protected:
  void call(const std::string& method, std::chrono::milliseconds limit = 10s) {
    asio::co_spawn(io_, client_->call(method, "{}", time_.now() + limit),
                   [this, method](const std::exception_ptr& thrown, result<response> told) {
                     EXPECT_FALSE(thrown);
                     outcomes_.emplace(method, std::move(told));
                   });
    pass(0ms);
  }
  void tell(std::string_view line) {
    daemon_.send(line);
    daemon_.send("\n");
    pass(0ms);
  }
  void pass(std::chrono::milliseconds span) {
    sim::run_until(io_, time_, time_.now() + span, [] { return false; });
  }
  // What a call came to: its result, its fault, its error, or "-" while it is open.
  std::string outcome(const std::string& method) {
    const auto found = outcomes_.find(method);
    if (found == outcomes_.end()) return "-";
    const result<response>& told = found->second;
    if (!told) return told.error().message();
    if (!told->failed) return told->result;
    return std::to_string(told->failed->code) + "|" + told->failed->message + "|" +
           told->failed->data;
  }
  void TearDown() override {
    client_.reset();
    pass(0ms);
    EXPECT_TRUE(daemon_.closed());
    EXPECT_EQ(time_.sleepers(), 0U);
  }

  asio::io_context io_{1};
  sim::sim_timer time_;
  fake_peer daemon_{io_.get_executor()};
  std::unique_ptr<client> client_ =
      std::make_unique<client>(daemon_.stream(), time_, io_.get_executor());
  std::map<std::string, result<response>> outcomes_;
};

TEST_F(ClientTest, GivesEachCallItsOwnAnswer) {
  call("a");
  call("b");
  EXPECT_EQ(daemon_.received(), R"({"jsonrpc":"2.0","id":1,"method":"a","params":{}})"
                                "\n"
                                R"({"jsonrpc":"2.0","id":2,"method":"b","params":{}})"
                                "\n");
  tell(R"({"jsonrpc":"2.0","id":2,"result":{"z":1,"a":[2]}})");
  EXPECT_EQ(outcome("b"), R"({"z":1,"a":[2]})");
  EXPECT_EQ(outcome("a"), "-");
  tell(R"({"error":{"code":-32601,"message":"Method not found","data":"a"},"id":1})");
  EXPECT_EQ(outcome("a"), "-32601|Method not found|a");
}

TEST_F(ClientTest, TakesTheStatisticsOfManyHours) {
  call("stats");
  constexpr std::size_t of_an_hour = 6'000;
  const std::string hours = '"' + std::string(longest_history * of_an_hour, 'h') + '"';
  tell(R"({"jsonrpc":"2.0","id":1,"result":)" + hours + '}');
  EXPECT_EQ(outcome("stats").size(), hours.size());
}

TEST_F(ClientTest, GivesUpAtTheDeadlineAndGoesOn) {
  call("a", 100ms);
  pass(99ms);
  EXPECT_EQ(outcome("a"), "-");
  pass(1ms);
  EXPECT_EQ(outcome("a"), "timed out");
  call("b");
  tell(R"({"jsonrpc":"2.0","id":1,"result":"late"})");
  EXPECT_EQ(outcome("b"), "-");
  tell(R"({"jsonrpc":"2.0","id":2,"result":"b"})");
  EXPECT_EQ(outcome("b"), R"("b")");
}

TEST_F(ClientTest, TellsAllCallsWhenTheConnectionEnds) {
  call("a");
  call("b");
  daemon_.end();
  pass(0ms);
  EXPECT_EQ(outcome("a"), "not available");
  EXPECT_EQ(outcome("b"), "not available");
  call("c");
  EXPECT_EQ(outcome("c"), "not available");
}

TEST_F(ClientTest, TellsAllCallsWhenTheConnectionIsLost) {
  call("a");
  daemon_.vanish();
  pass(0ms);
  EXPECT_EQ(outcome("a"), "Connection reset by peer");
}

TEST_F(ClientTest, AFaultWithoutAnIdIsForAllCalls) {
  call("a");
  call("b");
  tell(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32003,"message":"Too many clients"}})");
  EXPECT_EQ(outcome("a"), "-32003|Too many clients|");
  EXPECT_EQ(outcome("b"), "-32003|Too many clients|");
}

TEST_F(ClientTest, WhoSpeaksSomethingElseIsNoDaemon) {
  for (const auto* line : {"220 mx.example.org ESMTP", "[]", "{}", R"({"id":1})",
                           R"({"id":1,"error":"x"})", R"({"id":1,"error":{"code":"x"}})"}) {
    SCOPED_TRACE(line);
    fake_peer other(io_.get_executor());
    std::optional<result<response>> told;
    {
      client asking(other.stream(), time_, io_.get_executor());
      asio::co_spawn(io_, asking.call("a", "{}", time_.now() + 1s),
                     [&](const std::exception_ptr&, const result<response>& what) { told = what; });
      pass(0ms);
      other.send(line);
      other.send("\n");
      pass(0ms);
    }
    pass(0ms);
    ASSERT_TRUE(told);
    EXPECT_EQ(told->error(), make_error_code(boost::system::errc::protocol_error));
  }
}

TEST_F(ClientTest, ADaemonThatDoesNotReadCostsTheDeadlineOnly) {
  daemon_.read_at_most(5);
  call("a", 1s);
  call("b", 1s);
  pass(1s);
  EXPECT_EQ(outcome("a"), "timed out");
  EXPECT_EQ(outcome("b"), "timed out");
}

TEST_F(ClientTest, CallsEndWithTheirClient) {
  call("a");
  client_.reset();
  pass(0ms);
  EXPECT_EQ(outcome("a"), "Operation canceled");
}

TEST(Client, SaysWhyItCannotConnect) {
  system_timer time;
  const temporary_folder folder;
  const auto error_of = [&](const std::string& where) {
    const auto connected = run(client::connect(where, time));
    return connected ? "connected" : connected.error().message();
  };
  EXPECT_EQ(error_of(folder.path() / "nobody"), "No such file or directory");
  EXPECT_EQ(error_of("unix:" + (folder.path() / "nobody").string()), "No such file or directory");
  EXPECT_EQ(error_of("/" + std::string(200, 'x')), "File name too long");
  for (const auto* where : {"", "x", "cbvd.example:25", "localhost:", "localhost:70000"}) {
    EXPECT_EQ(error_of(where), "Invalid argument") << where;
  }
}

TEST(Client, WritesAQuestion) {
  query asked;
  asked.address = "\"a b\"@example.org";
  EXPECT_EQ(verify_method(asked), "verify_recipient");
  EXPECT_EQ(verify_params(asked), R"({"address":"\"a b\"@example.org","wait_ms":5000})");
  asked.role = role::sender;
  asked.client_ip = "192.0.2.1";
  asked.helo = "h";
  asked.fresh = true;
  asked.cached_only = true;
  EXPECT_EQ(verify_method(asked), "verify_sender");
  EXPECT_EQ(verify_params(asked),
            R"({"address":"\"a b\"@example.org","client_ip":"192.0.2.1","helo":"h",)"
            R"("wait_ms":5000,"fresh":true,"cached_only":true})");
}

}  // namespace
}  // namespace cbv::api
