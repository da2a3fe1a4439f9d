#include "cbv/checks/list_book.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "cbv/checks/access_files.hpp"
#include "tests/sim/sim_timer.hpp"
#include "tests/temporary_folder.hpp"

namespace cbv::checks {
namespace {

TEST(AccessFilesTest, SayWhatIsWrongWithFileLineAndColumn) {
  const temporary_folder folder;
  const std::string good = folder.inside("good");
  const std::string bad = folder.inside("bad");
  std::ofstream(good) << "allow client 192.0.2.1\n";
  std::ofstream(bad) << "# first\nallow client 192.0.2.1\n\nrefuse sender a_b.example\nno\n";
  const loaded_list<access_list> loaded = load_access({good, bad, folder.inside("none")});
  EXPECT_FALSE(loaded.list);
  ASSERT_EQ(loaded.wrong.size(), 3U);
  EXPECT_THAT(to_string(loaded.wrong[0]), testing::StartsWith(bad + ":4:16: expected a mailbox"));
  EXPECT_EQ(to_string(loaded.wrong[1]),
            bad + ":5:1: expected allow, skip, defer or refuse, got \"no\"");
  EXPECT_EQ(to_string(loaded.wrong[2]), folder.inside("none") + ": No such file or directory");
}

TEST(AccessFilesTest, SayNoMoreThanIsReadable) {
  const temporary_folder folder;
  std::string text;
  for (int i = 0; i < 1'000; ++i) text += "what is this\n";
  std::ofstream(folder.inside("bad")) << text;
  EXPECT_EQ(load_access({folder.inside("bad"), folder.inside("bad")}).wrong.size(),
            list_faults_max);
}

TEST(AccessFilesTest, MakeOneListInTheirOrder) {
  const temporary_folder folder;
  std::ofstream(folder.inside("a")) << "allow client 192.0.2.1";
  std::ofstream(folder.inside("b")) << "refuse client 192.0.2.1\nrefuse client 192.0.2.2\n";
  const loaded_list<access_list> loaded = load_access({folder.inside("a"), folder.inside("b")});
  ASSERT_TRUE(loaded.list);
  EXPECT_EQ(loaded.list->size(), 2U);
  EXPECT_EQ(loaded.list->repeated(), 1U);
  const loaded_list<access_list> none = load_access({});
  ASSERT_TRUE(none.list);
  EXPECT_EQ(none.list->size(), 0U);
}

using namespace std::chrono_literals;

class ListBookTest : public testing::Test {
 protected:
  /// As an editor does it: the name has the old file or the whole new one.
  void write(const std::string& text) {
    const std::string beside = folder_.inside("new");
    std::ofstream(beside) << text;
    std::filesystem::rename(beside, file_);
  }

  void watch() {
    asio::co_spawn(io_, book_.watch(), asio::bind_cancellation_slot(end_.slot(), asio::detached));
  }

  void TearDown() override {
    end_.emit(asio::cancellation_type::terminal);
    io_.restart();
    io_.run();
  }

  void pass(std::chrono::seconds span) {
    sim::run_until(io_, time_, time_.now() + span, [] { return false; });
  }

  std::size_t rules() const { return book_.current()->size(); }

  temporary_folder folder_;
  const std::string file_ = folder_.inside("access");
  std::vector<std::string> lines_;
  const logger log_{severity::notice,
                    [this](severity, std::string_view line) { lines_.emplace_back(line); }};
  sim::sim_timer time_;
  asio::io_context io_{1};
  asio::cancellation_signal end_;
  list_book<access_list> book_{
      {"access", load_access}, list_options{{file_}, 3s}, time_, log_, io_.get_executor()};
};

TEST_F(ListBookTest, HasNoRulesBeforeItHasRead) {
  EXPECT_EQ(rules(), 0U);
  EXPECT_THAT(book_.read(), testing::ElementsAre(file_ + ": No such file or directory"));
  write("allow client 192.0.2.1\n");
  EXPECT_THAT(book_.read(), testing::IsEmpty());
  EXPECT_EQ(rules(), 1U);
  EXPECT_THAT(lines_.back(), testing::StartsWith("access_read entries=1 repeated=0 octets="));
}

TEST_F(ListBookTest, TakesUpAChangeWithinTwoLooks) {
  write("allow client 192.0.2.1\n");
  book_.read();
  const auto before = book_.current();
  watch();
  pass(10s);
  EXPECT_EQ(book_.current(), before) << "nothing has changed";
  write("allow client 192.0.2.1\nallow client 192.0.2.2\n");
  pass(6s);
  EXPECT_EQ(rules(), 2U);
  EXPECT_EQ(before->size(), 1U) << "who asked before keeps the list of then";
  write("\n");
  pass(6s);
  EXPECT_EQ(rules(), 0U);
}

TEST_F(ListBookTest, WaitsUntilAFileIsWritten) {
  write("allow client 192.0.2.1\n");
  book_.read();
  watch();
  std::string text;
  for (int i = 2; i < 10; ++i) {
    text += "allow client 192.0.2." + std::to_string(i) + '\n';
    write(text);
    pass(3s);
    EXPECT_EQ(rules(), 1U) << "it is still being written";
  }
  pass(3s);
  EXPECT_EQ(rules(), 8U);
}

TEST_F(ListBookTest, KeepsTheOldListIfTheNewOneIsBad) {
  write("allow client 192.0.2.1\n");
  book_.read();
  watch();
  write("allow client 192.0.2.1\nallow client 192.0.2.2\nalow client 192.0.2.3\n");
  pass(6s);
  EXPECT_EQ(rules(), 1U);
  ASSERT_FALSE(lines_.empty());
  EXPECT_EQ(lines_.back(), "access_not_read error=\"" + file_ +
                               ":3:1: expected allow, skip, defer or refuse, got \\\"alow\\\"\"");
  const std::size_t said = lines_.size();
  pass(60s);
  EXPECT_EQ(lines_.size(), said) << "once";
  std::filesystem::remove(file_);
  pass(6s);
  EXPECT_EQ(rules(), 1U);
  write("allow client 192.0.2.1\nallow client 192.0.2.2\n");
  pass(6s);
  EXPECT_EQ(rules(), 2U);
}

TEST_F(ListBookTest, ReadsAtOnceWhenAsked) {
  write("allow client 192.0.2.1\n");
  asio::co_spawn(io_, book_.read_again(), asio::detached);
  io_.restart();
  io_.run();
  EXPECT_EQ(rules(), 1U);
}

}  // namespace
}  // namespace cbv::checks
