// The program as it is run: options, exit statuses, signals.
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "tests/temporary_folder.hpp"

namespace cbv::sim {
namespace {

namespace asio = boost::asio;

// A child process whose output (both kinds) is read by the line.
class program {
 public:
  explicit program(std::vector<std::string> arguments) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) throw std::runtime_error("pipe");
    arguments.insert(arguments.begin(), CBV_SIM_PROGRAM);
    std::vector<char*> argv;
    argv.reserve(arguments.size() + 1);
    for (std::string& each : arguments) argv.push_back(each.data());
    argv.push_back(nullptr);
    pid_ = ::fork();
    if (pid_ == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::dup2(ends[1], STDERR_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      ::execv(argv[0], argv.data());
      ::_exit(127);
    }
    ::close(ends[1]);
    output_ = ::fdopen(ends[0], "r");
  }
  program(const program&) = delete;
  program& operator=(const program&) = delete;
  ~program() {
    if (pid_ > 0) {
      ::kill(pid_, SIGKILL);
      ::waitpid(pid_, nullptr, 0);
    }
    ::fclose(output_);
  }

  // The next line; empty at the end.
  std::string line() {
    char* text = nullptr;
    std::size_t room = 0;
    const ssize_t length = ::getline(&text, &room, output_);
    std::string read(text, length > 0 ? static_cast<std::size_t>(length) : 0);
    ::free(text);
    if (read.ends_with('\n')) read.pop_back();
    return read;
  }

  std::string rest() {
    std::string all;
    for (std::string next = line(); !next.empty(); next = line()) all += next + "\n";
    return all;
  }

  void signal(int number) { ::kill(pid_, number); }

  // Waits for the end.
  int exit_status() {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  }

 private:
  pid_t pid_ = -1;
  FILE* output_ = nullptr;
};

class ProgramTest : public testing::Test {
 protected:
  std::string write(const std::string& text) {
    std::string file = folder_.inside("test.world");
    std::ofstream(file) << text;
    return file;
  }

  static std::uint16_t smtp_port(const std::string& ready) {
    return static_cast<std::uint16_t>(std::stoi(ready.substr(ready.rfind('=') + 1)));
  }

  // Connects and says the lines, one at a time.
  static void talk(std::uint16_t port, const std::vector<std::string>& lines) {
    asio::io_context io;
    asio::ip::tcp::socket socket(io);
    socket.connect({asio::ip::make_address("127.0.72.1"), port});
    std::string heard;
    asio::read_until(socket, asio::dynamic_buffer(heard), "\r\n");
    for (const std::string& each : lines) {
      heard.clear();
      asio::write(socket, asio::buffer(each + "\r\n"));
      asio::read_until(socket, asio::dynamic_buffer(heard), "\r\n");
    }
  }

  temporary_folder folder_;
};

constexpr const char* small_world = "host 127.0.72.1 mx1.example.net\n  mailbox ann@example.net\n";

TEST_F(ProgramTest, ServesUntilItIsTold) {
  program sim({write(small_world)});
  const std::string ready = sim.line();
  EXPECT_EQ(ready.substr(0, 20), "ready dns=127.0.0.1:") << ready;
  talk(smtp_port(ready), {"HELO probe.example", "QUIT"});
  sim.signal(SIGTERM);
  const std::string said = sim.rest();
  EXPECT_NE(said.find("C: HELO probe.example\n"), std::string::npos) << said;
  EXPECT_NE(said.find("closed: quit\n"), std::string::npos) << said;
  EXPECT_NE(said.find("\nquestions 0"), std::string::npos) << said;
  EXPECT_EQ(sim.exit_status(), 0);
}

TEST_F(ProgramTest, FailsAfterAFault) {
  program sim({"--quiet", write(small_world)});
  const std::string ready = sim.line();
  talk(smtp_port(ready),
       {"HELO probe.example", "MAIL FROM:<>", "RCPT TO:<ann@example.net>", "DATA"});
  sim.signal(SIGINT);
  const std::string said = sim.rest();
  EXPECT_NE(said.find("FAULT"), std::string::npos) << said;
  EXPECT_EQ(said.find("HELO"), std::string::npos) << said;
  EXPECT_EQ(sim.exit_status(), 1);
}

TEST_F(ProgramTest, KnowsItsExamples) {
  for (const char* const each : {"quickstart", "bulk"}) {
    program sim(
        {"--check", std::string(CBV_SOURCE_DIR "/tools/examples/world/") + each + ".world"});
    EXPECT_EQ(sim.rest(), "");
    EXPECT_EQ(sim.exit_status(), 0) << each;
  }
}

TEST_F(ProgramTest, MakesAWorldAndQuestionsOfATable) {
  const std::string table = folder_.inside("table");
  std::ofstream(table) << "month calls skips bad_domain no_mx bad_connects sessions welcome noop "
                          "helo mail_from rcpt_to\n2003-12 3 1 0 0 1 1 0 0 0 0 1\n";
  const std::string into = folder_.inside("");
  program made({"--replay", table, "--into", into});
  EXPECT_EQ(made.rest(), "");
  EXPECT_EQ(made.exit_status(), 0);
  for (const char* const each : {"2003-12.questions", "repeated.questions"}) {
    std::ifstream questions(into + each);
    const std::string text((std::istreambuf_iterator<char>(questions)), {});
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 3) << each << text;
  }
  program checked({"--check", into + "world"});
  EXPECT_EQ(checked.rest(), "");
  EXPECT_EQ(checked.exit_status(), 0);
}

TEST_F(ProgramTest, SaysWhatIsWrongWithATable) {
  const std::string table = folder_.inside("table");
  std::ofstream(table) << "month calls skips bad_domain no_mx bad_connects sessions welcome noop "
                          "helo mail_from rcpt_to\n2003-12 3 4 0 0 0 0 0 0 0 0 0\n";
  const std::vector<std::string> cases[] = {
      {"65", "table:2: skips: expected at most 3, the calls, not 4", "--replay", table, "--into",
       folder_.inside("")},
      {"66", "cannot read", "--replay", table + ".gone", "--into", folder_.inside("")},
      {"64", "--into", "--replay", table},
      {"64", "--replay", "--into", folder_.inside("")},
      {"64", "world", "--replay", table, "--into", folder_.inside(""), "test.world"},
      {"64", "expected a world"},
  };
  for (const auto& each : cases) {
    program sim(std::vector<std::string>(each.begin() + 2, each.end()));
    const std::string said = sim.rest();
    EXPECT_NE(said.find(each[1]), std::string::npos) << said;
    EXPECT_EQ(std::to_string(sim.exit_status()), each[0]) << said;
  }
  std::ofstream(table) << "month calls skips bad_domain no_mx bad_connects sessions welcome noop "
                          "helo mail_from rcpt_to\n2003-12 0 0 0 0 0 0 0 0 0 0 0\n";
  program nowhere({"--replay", table, "--into", folder_.inside("none")});
  EXPECT_NE(nowhere.rest().find("cannot write"), std::string::npos);
  EXPECT_EQ(nowhere.exit_status(), 73);
}

struct bad_start {
  std::vector<std::string> arguments;  // before the world
  const char* world;
  int exit_status;
  const char* says;
};

TEST_F(ProgramTest, SaysWhatIsWrong) {
  const bad_start cases[] = {
      {{"--check"}, small_world, 0, ""},
      {{"--check"}, "host\n", 78, "/test.world:1: expected host ADDRESS|unix:PATH [NAME]"},
      {{}, "host 192.0.2.1\n", 69, "line 1: expected a host in 127.0.0.0/8 or ::1"},
      {{"--dns", "192.0.2.1:53"}, small_world, 64, "--dns: expected a loopback address"},
      {{"--dns", "nonsense"}, small_world, 64, "--dns: expected a loopback address"},
      {{"--port", "65536"}, small_world, 64, "--port"},
      {{"--bogus"}, small_world, 64, "--bogus"},
  };
  for (const bad_start& each : cases) {
    std::vector<std::string> arguments = each.arguments;
    arguments.push_back(write(each.world));
    program sim(arguments);
    const std::string said = sim.rest();
    EXPECT_NE(said.find(each.says), std::string::npos) << said;
    EXPECT_EQ(sim.exit_status(), each.exit_status) << said;
  }
  program missing({folder_.inside("none.world")});
  EXPECT_EQ(missing.exit_status(), 66);
}

}  // namespace
}  // namespace cbv::sim
