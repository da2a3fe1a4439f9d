#include "cbv/net/line_reader.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "tests/cbv/run.hpp"

namespace cbv::net {
namespace {

/// Gives `input` in pieces of `piece` octets, then `end`.
class canned_stream final : public stream {
 public:
  canned_stream(std::string input, std::size_t piece, error_code end = asio::error::eof)
      : input_(std::move(input)), piece_(piece), end_(end) {}

  awaitable<result<std::size_t>> read_some(std::span<char> into) override {
    if (input_.empty()) co_return end_;
    const std::size_t count = std::min({piece_, into.size(), input_.size()});
    std::copy_n(input_.begin(), count, into.begin());
    input_.erase(0, count);
    co_return count;
  }
  awaitable<result<void>> write(std::string) override { co_return result<void>(); }
  void close() noexcept override {}

 private:
  std::string input_;
  std::size_t piece_;
  error_code end_;
};

awaitable<std::vector<std::string>> read_all(stream& from, std::size_t octets_max) {
  line_reader lines(from, octets_max);
  std::vector<std::string> seen;
  while (true) {
    const auto line = co_await lines.next_line();
    if (line) {
      seen.push_back(*line);
    } else {
      seen.push_back('<' + line.error().message() + '>');
      if (line.error() != errc::line_too_long) co_return seen;
    }
  }
}

TEST(LineReader, GivesTheSameLinesWhateverThePieces) {
  struct row {
    std::string input;
    std::vector<std::string> lines;
  };
  const std::string eof = '<' + error_code(asio::error::eof).message() + '>';
  const std::string too_long = "<line too long>";
  for (const row& asked : {
           row{"", {eof}},
           row{"a\nb\r\n", {"a", "b", eof}},
           row{"\n\r\n", {"", "", eof}},
           row{"a\nb", {"a", "b", eof}},
           row{"a\nb\r", {"a", "b", eof}},
           row{"a\rb\n", {"a\rb", eof}},
           row{std::string("a\0b\n", 4), {std::string("a\0b", 3), eof}},
           row{"12345678\n", {"12345678", eof}},
           row{"12345678\r\n", {"12345678", eof}},
           row{"12345678", {"12345678", eof}},
           row{"123456789\n", {too_long, eof}},
           row{"123456789", {too_long, eof}},
           row{"123456789\r\nok\n", {too_long, "ok", eof}},
           row{std::string(20000, 'x') + "\nok\n", {too_long, "ok", eof}},
           row{"ok\n" + std::string(20000, 'x'), {"ok", too_long, eof}},
       }) {
    for (const std::size_t piece : {1U, 2U, 3U, 7U, 100000U}) {
      canned_stream from(asked.input, piece);
      EXPECT_EQ(run(read_all(from, 8)), asked.lines)
          << asked.input.substr(0, 20) << " in pieces of " << piece;
    }
  }
}

TEST(LineReader, TakesNoUnfinishedLineOfABrokenConnection) {
  canned_stream from("whole\nhalf", 4, asio::error::connection_reset);
  const std::string reset = '<' + error_code(asio::error::connection_reset).message() + '>';
  EXPECT_EQ(run(read_all(from, 8)), (std::vector<std::string>{"whole", reset}));
}

}  // namespace
}  // namespace cbv::net
