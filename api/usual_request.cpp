#include "api/usual_request.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "api/params.hpp"
#include "api/protocol.hpp"

namespace cbv::api {
namespace {

// Reads from the front of a line. Once something is not usual, everything after it fails, too.
class usual_line {
 public:
  explicit usual_line(std::string_view text) : left_(text) {}

  bool usual() const noexcept { return usual_; }
  bool at_end() {
    skip_blanks();
    return usual_ && left_.empty();
  }

  // `c` behind blanks; nothing is taken if something else stands there.
  bool take_if(char c) {
    skip_blanks();
    if (!usual_ || left_.empty() || left_.front() != c) return false;
    left_.remove_prefix(1);
    return true;
  }

  void take(char c) {
    if (!take_if(c)) usual_ = false;
  }

  // Without its quotes.
  std::string_view string() {
    take('"');
    if (!usual_) return {};
    std::size_t end = 0;
    while (end < left_.size() && is_usual(left_[end])) ++end;
    if (end == left_.size() || left_[end] != '"') return fail();
    const std::string_view text = left_.substr(0, end);
    left_.remove_prefix(end + 1);
    return text;
  }

  std::string_view digits() {
    skip_blanks();
    std::size_t end = 0;
    while (end < left_.size() && left_[end] >= '0' && left_[end] <= '9') ++end;
    // More could be too large for a number, and a zero in front is not JSON.
    constexpr std::size_t digits_max = 18;
    const std::string_view text = left_.substr(0, end);
    if (end == 0 || end > digits_max || (end > 1 && text.front() == '0')) return fail();
    left_.remove_prefix(end);
    return text;
  }

  std::string_view string_with_quotes() {
    skip_blanks();
    const std::string_view before = left_;
    const std::string_view text = string();
    return usual_ ? before.substr(0, text.size() + 2) : fail();
  }

  bool truth() {
    skip_blanks();
    for (const bool value : {true, false}) {
      const std::string_view word = value ? "true" : "false";
      if (!left_.starts_with(word)) continue;
      left_.remove_prefix(word.size());
      return value;
    }
    return !fail().empty();
  }

  // The string or the number that stands next, as it is written.
  std::string_view text_or_digits() {
    skip_blanks();
    return left_.starts_with('"') ? string_with_quotes() : digits();
  }

  std::string_view fail() {
    usual_ = false;
    return {};
  }

 private:
  static bool is_usual(char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; }

  void skip_blanks() {
    while (left_.starts_with(' ')) left_.remove_prefix(1);
  }

  std::string_view left_;
  bool usual_ = true;
};

// Each member at most once.
class members_seen {
 public:
  bool first(unsigned number) {
    const unsigned bit = 1U << number;
    const bool is_first = (seen_ & bit) == 0;
    seen_ |= bit;
    return is_first;
  }
  bool has(unsigned number) const { return (seen_ & (1U << number)) != 0; }
  bool has_all(unsigned count) const { return seen_ == (1U << count) - 1; }

 private:
  unsigned seen_ = 0;
};

std::chrono::milliseconds wait_from(usual_line& in) {
  std::int64_t number = 0;
  for (const char digit : in.digits()) number = 10 * number + (digit - '0');
  const std::chrono::milliseconds wait(number);
  if (wait > wait_max) in.fail();
  return wait;
}

void read_param(usual_line& in, members_seen& seen, query& asked) {
  const std::string_view name = in.string();
  in.take(':');
  bool first = false;
  if (name == "address") {
    first = seen.first(0);
    asked.address = in.string();
  } else if (name == "client_ip") {
    first = seen.first(1);
    asked.client_ip = in.string();
  } else if (name == "helo") {
    first = seen.first(2);
    asked.helo = in.string();
  } else if (name == "wait_ms") {
    first = seen.first(3);
    asked.wait = wait_from(in);
  } else if (name == "fresh") {
    first = seen.first(4);
    asked.fresh = in.truth();
  } else if (name == "cached_only") {
    first = seen.first(5);
    asked.cached_only = in.truth();
  }
  if (!first) in.fail();
}

void read_params(usual_line& in, query& asked) {
  members_seen seen;
  in.take('{');
  do {
    read_param(in, seen, asked);
  } while (in.usual() && in.take_if(','));
  in.take('}');
  if (!seen.has(0)) in.fail();
}

std::optional<role> role_of(std::string_view method) {
  if (method == "verify_recipient") return role::recipient;
  if (method == "verify_sender") return role::sender;
  return std::nullopt;
}

void read_member(usual_line& in, members_seen& seen, std::string_view& id, query& asked) {
  const std::string_view name = in.string();
  in.take(':');
  bool first = false;
  if (name == "jsonrpc") {
    first = seen.first(0) && in.string() == "2.0";
  } else if (name == "id") {
    first = seen.first(1);
    id = in.text_or_digits();
  } else if (name == "method") {
    const std::optional<role> side = role_of(in.string());
    first = seen.first(2) && side;
    asked.role = side.value_or(role::recipient);
  } else if (name == "params") {
    first = seen.first(3);
    read_params(in, asked);
  }
  if (!first) in.fail();
}

// As query() makes it, but the strings keep their room.
void reset(query& asked) {
  const query usual;
  asked.address.clear();
  asked.client_ip.clear();
  asked.helo.clear();
  asked.role = usual.role;
  asked.wait = usual.wait;
  asked.fresh = usual.fresh;
  asked.cached_only = usual.cached_only;
  asked.by_name = usual.by_name;
}

}  // namespace

bool read_usual_request(std::string_view line, std::string_view& id, query& asked) {
  constexpr unsigned members = 4;
  reset(asked);
  usual_line in(line);
  members_seen seen;
  in.take('{');
  do {
    read_member(in, seen, id, asked);
  } while (in.usual() && in.take_if(','));
  in.take('}');
  return in.at_end() && seen.has_all(members);
}

}  // namespace cbv::api
