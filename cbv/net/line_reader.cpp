#include "cbv/net/line_reader.hpp"

#include <array>
#include <boost/asio/error.hpp>
#include <span>
#include <string_view>
#include <utility>

namespace cbv::net {
namespace {

constexpr std::size_t read_octets = 4096;

std::string without_cr(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return std::string(line);
}

}  // namespace

awaitable<result<std::string>> line_reader::next_line() {
  while (true) {
    const std::size_t end = held_.find('\n', searched_);
    if (end != std::string::npos) {
      std::string line = without_cr(std::string_view(held_).substr(0, end));
      held_.erase(0, end + 1);
      searched_ = 0;
      if (std::exchange(skipping_, false)) continue;
      if (line.size() > octets_max_) co_return errc::line_too_long;
      co_return line;
    }
    searched_ = held_.size();
    if (skipping_) {
      held_.clear();
      searched_ = 0;
    } else if (held_.size() > octets_max_ + 1) {  // one more may be the CR of its end
      held_.clear();
      searched_ = 0;
      skipping_ = true;
      co_return errc::line_too_long;
    }
    if (ended_) {
      const bool is_line = ended_ == asio::error::eof && !held_.empty();
      if (!is_line) co_return ended_;
      std::string line = without_cr(std::exchange(held_, {}));
      searched_ = 0;
      if (line.size() > octets_max_) co_return errc::line_too_long;
      co_return line;
    }
    std::array<char, read_octets> piece;  // NOLINT(*-member-init): read_some fills it
    const std::span<char> into(piece);
    const auto count = co_await from_.read_some(into);
    if (count) {
      held_.append(piece.data(), *count);
    } else {
      ended_ = count.error();
    }
  }
}

}  // namespace cbv::net
