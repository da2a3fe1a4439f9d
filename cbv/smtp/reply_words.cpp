#include "cbv/smtp/reply_words.hpp"

#include <algorithm>
#include <cstddef>

#include "cbv/base/ascii.hpp"

namespace cbv::smtp {
namespace {

constexpr std::string_view address_word = "@";
constexpr std::string_view null_path_word = "<>";
constexpr std::string_view us_word = "$us";
constexpr std::string_view ip_word = "$ip";

constexpr std::string_view curly_apostrophe = "\u2019";

constexpr std::size_t path_octets_max = 320;    // how far a ">" is looked for
constexpr std::size_t quoted_octets_max = 130;  // 64 octets of local-part, each with a backslash
bool parts_runs(char c) {
  constexpr std::string_view marks = "<>()[]{}\",;:";
  return static_cast<unsigned char>(c) <= ' ' || marks.find(c) != std::string_view::npos;
}

bool is_word_octet(char c) {
  return ascii::is_alnum(c) || c == '.' || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool is_dropped(char c) {
  return c == '-' || c == '\'';
}

bool is_ipv4(std::string_view word) {
  std::size_t dots = 0;
  std::size_t digits = 0;
  for (const char c : word) {
    if (c == '.') {
      if (digits == 0) return false;
      ++dots;
      digits = 0;
    } else if (!ascii::is_digit(c) || ++digits > 3) {
      return false;
    }
  }
  return dots == 3 && digits != 0;
}

// A name as it comes out of the cutting.
std::string as_word(std::string_view name) {
  std::string word;
  for (const char c : name) {
    if (!is_dropped(c)) word += ascii::to_lower(c);
  }
  return word;
}

class cutter {
 public:
  cutter(std::string_view text, std::string_view own_ip, std::string_view own_name,
         std::vector<std::string>& into)
      : rest_(text), own_ip_(own_ip), own_name_(as_word(own_name)), words_(into) {
    if (own_name_.find('.') == std::string::npos) own_name_.clear();
  }

  void cut() {
    while (!rest_.empty()) {
      const bool taken = rest_.front() == '<'   ? take_path() || take_name('>')
                         : rest_.front() == '"' ? take_quoted_address() || take_name('"')
                                                : take_url();
      if (!taken) take_run();
    }
  }

 private:
  // <bob@example.org>, <"b o b"@example.org>, <>
  bool take_path() {
    const std::size_t end = rest_.substr(0, path_octets_max).find('>');
    if (end == std::string_view::npos) return false;
    const std::string_view inside = rest_.substr(1, end - 1);
    if (!inside.empty() && inside.find('@') == std::string_view::npos) return false;
    words_.emplace_back(inside.empty() ? null_path_word : address_word);
    rest_.remove_prefix(end + 1);
    return true;
  }

  // "b o b"@example.org
  bool take_quoted_address() {
    const std::size_t end = rest_.substr(0, quoted_octets_max).find("\"@", 1);
    if (end == std::string_view::npos) return false;
    rest_.remove_prefix(end + 2);
    while (!rest_.empty() && !parts_runs(rest_.front())) rest_.remove_prefix(1);
    words_.emplace_back(address_word);
    return true;
  }

  // <bob>, "bob": the mailbox again, without its domain. A name with a dot is a host's.
  bool take_name(char closing) {
    const std::size_t end = rest_.substr(0, path_octets_max).find(closing, 1);
    if (end == std::string_view::npos || end == 1) return false;
    const std::string_view inside = rest_.substr(1, end - 1);
    if (inside.find('.') != std::string_view::npos) return false;
    if (std::any_of(inside.begin(), inside.end(), parts_runs)) return false;
    words_.emplace_back(address_word);
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool take_url() {
    std::size_t scheme = 0;
    if (ascii::istarts_with(rest_, "http://")) scheme = 7;
    if (ascii::istarts_with(rest_, "https://")) scheme = 8;
    if (scheme == 0) return false;
    constexpr std::string_view end_marks = " \t<>\"()[]{}";
    const std::size_t end = std::min(rest_.find_first_of(end_marks), rest_.size());
    const std::string_view url = rest_.substr(scheme, end - scheme);
    add_words(url.substr(0, url.find_first_of("/?#:")));
    rest_.remove_prefix(end);
    return true;
  }

  void take_run() {
    std::size_t end = 0;
    while (end < rest_.size() && !parts_runs(rest_[end])) ++end;
    std::string_view run = rest_.substr(0, end);
    const std::size_t at = run.find('@');
    if (at == std::string_view::npos) {
      add_words(run);
    } else {
      // "bob@example.org...User unknown"
      run = run.substr(0, std::min(run.find("..", at), run.size()));
      words_.emplace_back(address_word);
    }
    rest_.remove_prefix(std::max<std::size_t>(run.size(), 1));
  }

  void add_words(std::string_view run) {
    std::string word;
    while (!run.empty()) {
      const char c = run.front();
      if (run.starts_with(curly_apostrophe)) {
        run.remove_prefix(curly_apostrophe.size());
        continue;
      }
      run.remove_prefix(1);
      if (is_word_octet(c)) {
        word += ascii::to_lower(c);
      } else if (!is_dropped(c)) {
        add(word);
        word.clear();
      }
    }
    add(word);
  }

  void add(std::string_view word) {
    while (word.starts_with('.') || word.starts_with('_')) word.remove_prefix(1);
    while (word.ends_with('.') || word.ends_with('_')) word.remove_suffix(1);
    if (word.empty()) return;
    if (word == own_ip_ || word == own_name_) {
      words_.emplace_back(us_word);
    } else {
      words_.emplace_back(is_ipv4(word) ? ip_word : word);
    }
  }

  std::string_view rest_;
  std::string_view own_ip_;
  std::string own_name_;
  std::vector<std::string>& words_;
};

// An IPv6 address is cut at its colons, so it is looked for in the whole.
bool quotes_ipv6(std::string_view text, std::string_view address) {
  if (address.find(':') == std::string_view::npos) return false;
  const std::string lower = ascii::to_lower(text);
  const std::string wanted = ascii::to_lower(address);
  const auto continues = [](char c) { return ascii::is_alnum(c) || c == ':'; };
  for (std::size_t at = lower.find(wanted); at != std::string::npos;
       at = lower.find(wanted, at + 1)) {
    const std::size_t end = at + wanted.size();
    const std::string_view before = std::string_view(lower).substr(0, at);
    const bool begins = before.empty() || !continues(before.back()) || before.ends_with("ipv6:");
    if (begins && (end == lower.size() || !continues(lower[end]))) return true;
  }
  return false;
}

}  // namespace

reply_words::reply_words(std::string_view text, std::string_view own_ip,
                         std::string_view own_name) {
  cutter(text, own_ip, own_name, words_).cut();
  if (quotes_ipv6(text, own_ip)) words_.emplace_back(us_word);
}

}  // namespace cbv::smtp
