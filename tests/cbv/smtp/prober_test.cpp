#include "cbv/smtp/prober.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <deque>
#include <exception>
#include <optional>
#include <string>
#include <utility>

#include "cbv/net/listener.hpp"
#include "cbv/net/tcp_dialer.hpp"
#include "tests/cbv/run.hpp"
#include "tests/sim/sim_timer.hpp"

namespace cbv::smtp {
namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

constexpr auto for_ever = std::chrono::hours(10'000);

/// What the far host does next: it says something after a while, or its connection ends.
struct turn {
  milliseconds after{0};
  std::string says;
  error_code ends{};
};

/// A host that plays its turns, one a read, whatever it is told. After the last one it is silent.
struct far_host {
  std::deque<turn> turns;
  std::string heard;
  error_code refuses_with;  // the connection
  milliseconds connects_after{0};
  std::optional<error_code> deaf;  // writes fail with this
  milliseconds hears_after{0};     // a write takes this long
  int open = 0;                    // connections
};

class scripted_stream final : public net::stream {
 public:
  scripted_stream(far_host& host, timer& time) : host_(host), time_(time) { ++host_.open; }
  ~scripted_stream() override { --host_.open; }

  awaitable<result<std::size_t>> read_some(std::span<char> into) override {
    if (host_.turns.empty()) co_await time_.sleep_until(time_.now() + for_ever);
    const turn next = host_.turns.front();
    co_await time_.sleep_until(time_.now() + next.after);
    host_.turns.pop_front();
    if (next.ends) co_return next.ends;
    const std::size_t count = std::min(into.size(), next.says.size());
    std::copy_n(next.says.begin(), count, into.begin());
    if (count < next.says.size()) host_.turns.push_front(turn{0ms, next.says.substr(count)});
    co_return count;
  }

  awaitable<result<void>> write(std::string bytes) override {
    co_await time_.sleep_until(time_.now() + host_.hears_after);
    if (host_.deaf) co_return *host_.deaf;
    host_.heard += bytes;
    co_return result<void>();
  }

  void close() noexcept override {}

 private:
  far_host& host_;
  timer& time_;
};

class scripted_dialer final : public net::dialer {
 public:
  scripted_dialer(far_host& host, timer& time) : host_(host), time_(time) {}

  awaitable<result<std::unique_ptr<net::stream>>> connect(net::endpoint) override {
    co_await time_.sleep_until(time_.now() + host_.connects_after);
    if (host_.refuses_with) co_return host_.refuses_with;
    co_return std::make_unique<scripted_stream>(host_, time_);
  }

 private:
  far_host& host_;
  timer& time_;
};

const std::string ehlo_said = "EHLO probe.example.net\r\n";
const std::string both_said = "MAIL FROM:<>\r\nRCPT TO:<bob@example.org>\r\n";

probe_plan plan() {
  return probe_plan{*parse_mailbox("bob@example.org"), std::nullopt, "probe.example.net"};
}

class ProberTest : public testing::Test {
 protected:
  // What came of it, and after how long.
  struct answer {
    probe_outcome outcome;
    milliseconds after{0};
  };

  std::optional<answer> ask(std::chrono::milliseconds patience = for_ever) {
    const time_point start = time_.now();
    std::optional<answer> got;
    const net::endpoint peer{asio::ip::make_address("192.0.2.25"), 25};
    asio::co_spawn(
        io_, asking_.probe(peer, plan(), start + patience, &heard_),
        [&](const std::exception_ptr& thrown, probe_outcome outcome) {
          if (thrown) std::rethrow_exception(thrown);
          const auto after = time_.now() - start;
          got = answer{std::move(outcome), std::chrono::duration_cast<milliseconds>(after)};
        });
    sim::run_until(io_, time_, start + for_ever / 2, [&] { return got.has_value(); });
    return got;
  }

  // Lets a goodbye come to its end, and all else that was begun.
  void settle(milliseconds span) {
    sim::run_until(io_, time_, time_.now() + span, [] { return false; });
  }

  sim::sim_timer time_;
  asio::io_context io_{1};
  far_host host_;
  scripted_dialer network_{host_, time_};
  prober_options options_;
  prober asking_{network_, time_, options_};
  transcript heard_;
};

TEST_F(ProberTest, CarriesADialogueThrough) {
  host_.turns = {{10ms, "220 mx\r\n"},
                 {10ms, "250-mx\r\n250 PIPELINING\r\n"},
                 {10ms, "250 ok\r\n550 5.1.1 no such user\r\n"},
                 {10ms, "221 bye\r\n"}};
  host_.connects_after = 10ms;
  const auto got = ask();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->outcome.end, probe_end::replied);
  EXPECT_EQ(got->outcome.at, stage::rcpt);
  ASSERT_TRUE(got->outcome.reply);
  EXPECT_EQ(*got->outcome.reply, *parse_reply("550 5.1.1 no such user"));
  EXPECT_TRUE(got->outcome.pipelined);
  EXPECT_EQ(got->after, 40ms);  // connect, greeting, EHLO, one write: no round trip more
  settle(10ms);
  EXPECT_EQ(host_.heard, ehlo_said + both_said + "QUIT\r\n");
  EXPECT_EQ(host_.open, 0);
  EXPECT_EQ(to_string(heard_),
            "   0.000 -- connecting to 192.0.2.25:25\n"
            "   0.010 -- connected\n"
            "   0.020 S: 220 mx\n"
            "   0.020 C: EHLO probe.example.net\n"
            "   0.030 S: 250-mx\n"
            "   0.030 S: 250 PIPELINING\n"
            "   0.030 C: MAIL FROM:<>\n"
            "   0.030 C: RCPT TO:<bob@example.org>\n"
            "   0.040 S: 250 ok\n"
            "   0.040 S: 550 5.1.1 no such user\n"
            "   0.040 C: QUIT\n");
}

TEST_F(ProberTest, DoesNotWaitForTheAnswerToQuit) {
  host_.turns = {{0ms, "554 go away\r\n"}, {1500ms, "250 what?\r\n"}};
  const auto got = ask();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->after, 0ms);
  EXPECT_EQ(host_.open, 1);
  settle(1999ms);
  EXPECT_EQ(host_.open, 1);
  settle(1ms);  // limits.quit
  EXPECT_EQ(host_.open, 0);
  EXPECT_EQ(host_.heard, "QUIT\r\n");
}

TEST_F(ProberTest, LetsGoOfABookingWhenTheConnectionIsClosed) {
  for (const bool is_refused : {true, false}) {
    host_.turns = {{0ms, is_refused ? "554 go away\r\n" : "noise\r\n"}, {1500ms, "221 bye\r\n"}};
    auto booking = std::make_shared<int>(1);
    const std::weak_ptr<int> held = booking;
    const net::endpoint peer{asio::ip::make_address("192.0.2.25"), 25};
    bool answered = false;
    asio::co_spawn(io_,
                   asking_.probe(peer, plan(), time_.now() + 1min, nullptr, std::move(booking)),
                   [&](const std::exception_ptr&, const probe_outcome&) { answered = true; });
    sim::run_until(io_, time_, time_.now() + 1min, [&] { return answered; });
    EXPECT_EQ(held.expired(), !is_refused);  // a host that sends noise is not told goodbye
    settle(1499ms);
    EXPECT_EQ(held.expired(), !is_refused);
    settle(1ms);
    EXPECT_TRUE(held.expired());
    EXPECT_EQ(host_.open, 0);
  }
}

TEST_F(ProberTest, EndsAGoodbyeWhenTheHostHangsUp) {
  for (const turn& last : {turn{5ms, "221 bye\r\n"}, turn{5ms, "550 late answer\r\n221 bye\r\n"},
                           turn{5ms, "noise\r\n"}, turn{5ms, "", asio::error::eof}}) {
    host_.turns = {{0ms, "554 go away\r\n"}, last};
    ASSERT_TRUE(ask());
    EXPECT_EQ(host_.open, 1);
    settle(5ms);
    EXPECT_EQ(host_.open, 0) << last.says;
  }
}

TEST_F(ProberTest, SaysNoMoreGoodbyesAtOnceThanItMay) {
  options_.goodbyes_max = 1;
  prober few(network_, time_, options_);
  const auto ask_few = [&] {
    host_.turns = {{0ms, "554 go away\r\n"}};
    const net::endpoint peer{asio::ip::make_address("192.0.2.25"), 25};
    bool answered = false;
    asio::co_spawn(io_, few.probe(peer, plan(), time_.now() + 1min),
                   [&](const std::exception_ptr&, const probe_outcome&) { answered = true; });
    sim::run_until(io_, time_, time_.now() + 1s, [&] { return answered; });
  };
  ask_few();
  EXPECT_EQ(host_.open, 1);
  ask_few();
  EXPECT_EQ(host_.open, 1);
  settle(2s);
  EXPECT_EQ(host_.open, 0);
  EXPECT_EQ(host_.heard, "QUIT\r\n");
}

TEST_F(ProberTest, SaysWhyItCouldNotConnect) {
  host_.refuses_with = asio::error::connection_refused;
  host_.connects_after = 20ms;
  auto got = ask();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->outcome.end, probe_end::connect_failed);
  EXPECT_EQ(got->outcome.at, stage::connect);
  EXPECT_EQ(got->outcome.detail, "Connection refused");
  EXPECT_FALSE(got->outcome.reply);

  host_.connects_after = 10min;
  got = ask();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->outcome.end, probe_end::connect_failed);
  EXPECT_EQ(got->outcome.detail, "no connection in time");
  EXPECT_EQ(got->after, options_.limits.connect);
}

// A host that is silent at a stage is left when the limit of that stage is over, and dropped.
TEST_F(ProberTest, KeepsTheLimitOfEachStage) {
  const std::deque<turn> whole{
      {1ms, "220 mx\r\n"}, {1ms, "250 mx\r\n"}, {1ms, "250 ok\r\n"}, {1ms, "250 ok\r\n"}};
  const stage_limits& limits = options_.limits;
  const std::array stages{std::pair{stage::greeting, limits.greeting},
                          std::pair{stage::ehlo, limits.ehlo}, std::pair{stage::mail, limits.mail},
                          std::pair{stage::rcpt, limits.rcpt}};
  for (std::size_t i = 0; i < stages.size(); ++i) {
    const auto& [at, limit] = stages[i];
    host_.turns.assign(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(i));
    const auto got = ask();
    ASSERT_TRUE(got);
    EXPECT_EQ(got->outcome.end, probe_end::timed_out) << to_string(at);
    EXPECT_EQ(got->outcome.at, at);
    EXPECT_EQ(got->after, milliseconds(i) + limit);
    EXPECT_EQ(host_.open, 0);
  }
}

TEST_F(ProberTest, GivesAPipelinedAnswerTheLimitsOfBothStages) {
  host_.turns = {{0ms, "220 mx\r\n"},
                 {0ms, "250-mx\r\n250 PIPELINING\r\n"},
                 {29s, "250 ok\r\n"},
                 {59s, "250 ok\r\n"}};
  const auto got = ask();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->outcome.end, probe_end::replied);
  EXPECT_EQ(got->after, 88s);
}

// Octets that drip do not buy time.
TEST_F(ProberTest, IsNotHeldByAHostThatDrips) {
  for (int i = 0; i < 100; ++i) host_.turns.push_back(turn{1s, i == 0 ? "220-" : "x"});
  const auto got = ask();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->outcome.end, probe_end::timed_out);
  EXPECT_EQ(got->outcome.detail, "reply not completed in time");
  EXPECT_EQ(got->after, options_.limits.greeting);
  EXPECT_EQ(host_.heard, "");
}

TEST_F(ProberTest, KeepsTheDeadlineOfTheWhole) {
  host_.turns = {{4s, "220 mx\r\n"}, {4s, "250 mx\r\n"}, {4s, "250 ok\r\n"}};
  const auto got = ask(10s);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->outcome.end, probe_end::timed_out);
  EXPECT_EQ(got->outcome.at, stage::mail);
  EXPECT_EQ(got->after, 10s);
  EXPECT_EQ(host_.open, 0);
  EXPECT_EQ(host_.heard, ehlo_said + "MAIL FROM:<>\r\n");  // and no QUIT after a timeout
}

TEST_F(ProberTest, LeavesAHostThatTakesNoBytes) {
  host_.turns = {{0ms, "220 mx\r\n"}};
  host_.hears_after = 10min;
  auto got = ask();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->outcome.end, probe_end::timed_out);
  EXPECT_EQ(got->outcome.at, stage::ehlo);
  EXPECT_EQ(got->after, options_.limits.ehlo);

  host_.turns = {{0ms, "220 mx\r\n"}};
  host_.hears_after = 0ms;
  host_.deaf = asio::error::broken_pipe;
  got = ask();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->outcome.end, probe_end::connection_lost);
  EXPECT_EQ(got->outcome.at, stage::ehlo);
  EXPECT_EQ(got->outcome.detail, "Broken pipe");
}

TEST_F(ProberTest, TellsLossFromNoise) {
  host_.turns = {{0ms, "220 mx\r\n"}, {0ms, "", asio::error::eof}};
  auto got = ask();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->outcome.end, probe_end::connection_lost);
  EXPECT_EQ(got->outcome.at, stage::ehlo);
  EXPECT_EQ(got->outcome.detail, "connection closed");

  host_.turns = {{0ms, "220 mx\r\n"}, {0ms, "", asio::error::connection_reset}};
  got = ask();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->outcome.end, probe_end::connection_lost);
  EXPECT_EQ(got->outcome.detail, "Connection reset by peer");

  host_.turns = {{0ms, std::string(1'000'000, '2')}};
  got = ask();
  ASSERT_TRUE(got);
  EXPECT_EQ(got->outcome.end, probe_end::bad_protocol);
  EXPECT_EQ(host_.open, 0);
}

TEST_F(ProberTest, DropsTheConnectionWhenItIsCancelled) {
  for (const bool connected : {false, true}) {
    host_.connects_after = connected ? 0ms : 10s;
    asio::cancellation_signal stop;
    bool threw = false;
    const net::endpoint peer{asio::ip::make_address("192.0.2.25"), 25};
    asio::co_spawn(io_, asking_.probe(peer, plan(), time_.now() + 1min),
                   asio::bind_cancellation_slot(
                       stop.slot(), [&](const std::exception_ptr& thrown, const probe_outcome&) {
                         threw = thrown != nullptr;
                       }));
    settle(1s);
    EXPECT_EQ(host_.open, connected ? 1 : 0);
    stop.emit(asio::cancellation_type::terminal);
    settle(0ms);
    EXPECT_TRUE(threw);
    EXPECT_EQ(host_.open, 0);
    EXPECT_EQ(time_.sleepers(), 0U);
  }
}

// Over real sockets: a host that plays its lines, one after each write it receives.
awaitable<void> serve(net::listener& at, std::vector<std::string> lines, std::string& heard) {
  auto client = co_await at.accept();
  if (!client) co_return;
  for (std::string& line : lines) {
    const auto written = co_await (*client)->write(std::move(line));
    if (!written) co_return;
    std::array<char, 1000> piece{};
    const std::span<char> into(piece);
    const auto read = co_await (*client)->read_some(into);
    if (!read) co_return;
    heard.append(piece.data(), *read);
  }
}

class ProberOverSockets : public testing::Test {
 protected:
  probe_outcome ask(std::vector<std::string> lines, stage_limits limits = {}) {
    asio::io_context io(1);
    const net::endpoint any{asio::ip::make_address("127.0.0.1"), 0};
    auto at = net::listen_tcp(io.get_executor(), any);
    if (!at) throw boost::system::system_error(at.error());
    net::tcp_dialer network;
    system_timer time;
    prober asking(network, time, prober_options{limits, {}, 1});
    asio::co_spawn(io, serve(**at, std::move(lines), heard_),
                   [](const std::exception_ptr& thrown) { EXPECT_FALSE(thrown); });
    const net::endpoint peer{any.address, (*at)->port()};
    return run(io, asking.probe(peer, plan(), time.now() + 1min));
  }

  std::string heard_;
};

TEST_F(ProberOverSockets, AsksAndSaysGoodbye) {
  const probe_outcome outcome = ask({"220 mx\r\n", "250-mx\r\n250 PIPELINING\r\n",
                                     "250 ok\r\n550 5.1.1 no such user\r\n", "221 bye\r\n"});
  EXPECT_EQ(outcome.end, probe_end::replied);
  EXPECT_EQ(outcome.at, stage::rcpt);
  EXPECT_EQ(*outcome.reply, *parse_reply("550 5.1.1 no such user"));
  EXPECT_EQ(heard_, ehlo_said + both_said + "QUIT\r\n");
}

TEST_F(ProberOverSockets, MeetsAHostThatHangsUp) {
  const probe_outcome outcome = ask({"220 mx\r\n", "250 mx\r\n"});
  EXPECT_EQ(outcome.end, probe_end::connection_lost);
  EXPECT_EQ(outcome.at, stage::mail);
}

TEST_F(ProberOverSockets, LeavesAHostThatIsSilent) {
  stage_limits limits;
  limits.ehlo = 10ms;
  const probe_outcome outcome = ask({"220 mx\r\n", ""}, limits);
  EXPECT_EQ(outcome.end, probe_end::timed_out);
  EXPECT_EQ(outcome.at, stage::ehlo);
}

}  // namespace
}  // namespace cbv::smtp
