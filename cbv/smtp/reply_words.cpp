#include "cbv/smtp/reply_words.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <utility>

#include "cbv/base/ascii.hpp"
#include "cbv/smtp/letter_folding.hpp"

namespace cbv::smtp {
namespace {

constexpr std::string_view address_word = "@";
constexpr std::string_view other_word = "$other";
constexpr std::string_view helper_word = "$helper";
constexpr std::string_view null_path_word = "<>";
constexpr std::string_view us_word = "$us";
constexpr std::string_view ip_word = "$ip";

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

class cutter {
 public:
  cutter(std::string_view text, const own_names& us, const asked_mailbox& asked,
         std::vector<std::string>& into)
      : rest_(text), us_(us), asked_(asked), words_(into) {}

  void cut() {
    while (!rest_.empty()) {
      const char first = rest_.front();
      const bool taken = rest_.front() == '<'   ? take_path() || take_name('>')
                         : rest_.front() == '"' ? take_quoted_address() || take_name('"')
                                                : take_url();
      if (!taken) take_run();
      is_enclosed_ = first == '(' || first == '[' || first == '{';
    }
  }

 private:
  // <bob@example.org>, <"b o b"@example.org>, <>
  bool take_path() {
    const std::size_t end = rest_.substr(0, path_octets_max).find('>');
    if (end == std::string_view::npos) return false;
    const std::string_view inside = rest_.substr(1, end - 1);
    if (!inside.empty() && inside.find('@') == std::string_view::npos) return false;
    if (inside.empty()) {
      words_.emplace_back(null_path_word);
    } else {
      add_address(inside);
    }
    rest_.remove_prefix(end + 1);
    return true;
  }

  // "b o b"@example.org
  bool take_quoted_address() {
    const std::size_t end = rest_.substr(0, quoted_octets_max).find("\"@", 1);
    if (end == std::string_view::npos) return false;
    std::size_t past = end + 2;
    while (past < rest_.size() && !parts_runs(rest_[past])) ++past;
    add_address(rest_.substr(0, past));
    rest_.remove_prefix(past);
    return true;
  }

  // <bob>, "bob": the mailbox again, without its domain. A name with a dot is a host's.
  bool take_name(char closing) {
    const std::size_t end = rest_.substr(0, path_octets_max).find(closing, 1);
    if (end == std::string_view::npos || end == 1) return false;
    const std::string_view inside = rest_.substr(1, end - 1);
    if (inside.find('.') != std::string_view::npos && !asked_.is_local_part(inside)) return false;
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
    add_words(url.substr(0, url.find_first_of("/?#:")), false);
    rest_.remove_prefix(end);
    return true;
  }

  void take_run() {
    std::size_t end = 0;
    while (end < rest_.size() && !parts_runs(rest_[end])) ++end;
    std::string_view run = rest_.substr(0, end);
    const std::size_t at = run.find('@');
    if (at == std::string_view::npos) {
      const bool is_encoded = asked_.is_known() && run.find("%40") != std::string_view::npos;
      if (is_encoded && asked_.is_local_part(run)) {
        words_.emplace_back(address_word);  // joe%40example.org
      } else if (is_bare_name(run)) {
        // What it says as a word may be meant: it stays.
        add_words(run, true);
        words_.emplace_back(address_word);
      } else {
        add_words(run, true);
      }
    } else {
      // "bob@example.org...User unknown"
      run = run.substr(0, std::min(run.find("..", at), run.size()));
      add_address(run);
    }
    rest_.remove_prefix(std::max<std::size_t>(run.size(), 1));
  }

  void add_address(std::string_view address) {
    const auto whose = asked_.owner_of(address);
    const bool is_helper = whose == asked_mailbox::owner::helper || offers_help();
    words_.emplace_back(whose == asked_mailbox::owner::asked ? address_word
                        : is_helper                          ? helper_word
                                                             : other_word);
  }

  // "please contact joe@example.org"
  bool offers_help() const {
    constexpr std::array<std::string_view, 9> offers{
        "contact", "kontakt", "contatt", "report", "help", "assist", "question", "mailto", "write"};
    const std::size_t reach = std::min<std::size_t>(words_.size(), 3);
    return std::any_of(words_.end() - static_cast<std::ptrdiff_t>(reach), words_.end(),
                       [&offers](const std::string& word) {
                         return std::any_of(offers.begin(), offers.end(),
                                            [&word](auto one) { return word.starts_with(one); });
                       });
  }

  // The asked local-part, as a subject: "joe: unknown user", "user joe does not exist", 'joe'.
  bool is_bare_name(std::string_view& run) const {
    if (!asked_.is_known() || run.empty()) return false;
    const std::string_view name = run.substr(0, run.find("..."));
    if (name.empty() || !asked_.is_local_part(name)) return false;
    constexpr std::array<std::string_view, 14> before{
        "user",  "mailbox",  "recipient",   "account",      "address", "username", "named",
        "alias", "benutzer", "utilisateur", "destinataire", "usuario", "utente",   "called"};
    const char next = run.size() < rest_.size() ? rest_[run.size()] : ' ';
    const bool begins = words_.empty() && (next == ':' || name.size() < run.size() ||
                                           says_something(rest_.substr(run.size())));
    const bool is_quoted = run.size() > 2 && run.front() == '\'' && run.back() == '\'';
    const bool is_called =
        !words_.empty() && std::find(before.begin(), before.end(), words_.back()) != before.end();
    if (!begins && !is_quoted && !is_called && !(is_enclosed_ && closes(next))) return false;
    run = name;
    return true;
  }

  // " is unknown", " does not exist"
  static bool says_something(std::string_view of_it) {
    constexpr std::array<std::string_view, 8> verbs{" is ",    " does", " was ",  " has ",
                                                    " cannot", " can ", " could", " isn"};
    return std::any_of(verbs.begin(), verbs.end(),
                       [of_it](std::string_view verb) { return of_it.starts_with(verb); });
  }

  static bool closes(char c) { return c == ')' || c == ']' || c == '}'; }

  // Addresses count where they are spoken of: one in a URL is nobody's.
  void add_words(std::string_view run, bool spoken) {
    while (!run.empty()) {
      std::size_t end = 0;
      while (end < run.size() && (is_word_octet(run[end]) || is_dropped(run[end])) &&
             !run.substr(end).starts_with("..")) {
        ++end;
      }
      add(run.substr(0, end), spoken);
      run.remove_prefix(std::min(end + 1, run.size()));
    }
  }

  void add(std::string_view spelt, bool spoken) {
    const auto is_mark = [](char c) { return c == '.' || c == '_' || is_dropped(c); };
    while (!spelt.empty() && is_mark(spelt.front())) spelt.remove_prefix(1);
    while (!spelt.empty() && is_mark(spelt.back())) spelt.remove_suffix(1);
    if (spelt.empty()) return;
    if (spoken && (us_.is_name(spelt) || us_.is_address_in(spelt))) {
      words_.emplace_back(us_word);
    } else if (is_ipv4(spelt)) {
      if (spoken) words_.emplace_back(ip_word);
    } else {
      add_parts(spelt);
    }
  }

  std::string_view rest_;
  // MAILBOX_NOT_FOUND
  void add_parts(std::string_view spelt) {
    while (!spelt.empty()) {
      const std::size_t end = std::min(spelt.find('_'), spelt.size());
      std::string word;
      std::copy_if(spelt.begin(), spelt.begin() + static_cast<std::ptrdiff_t>(end),
                   std::back_inserter(word), [](char c) { return !is_dropped(c); });
      if (!word.empty()) words_.push_back(std::move(word));
      spelt.remove_prefix(std::min(end + 1, spelt.size()));
    }
  }

  const own_names& us_;
  const asked_mailbox& asked_;
  bool is_enclosed_ = false;  // the last octet taken was an opening bracket
  std::vector<std::string>& words_;
};

// An IPv6 address is cut at its colons, so it is looked for in the whole.
bool quotes_ipv6(std::string_view text, const own_names& us) {
  constexpr std::string_view separators = " \t<>()[]{}\",;=";
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    const std::string_view run = text.substr(0, end);
    if (run.find(':') != std::string_view::npos && run.find('@') == std::string_view::npos &&
        us.is_ipv6(run)) {
      return true;
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return false;
}

}  // namespace

reply_words::reply_words(std::string_view text, const own_names& us, std::string_view asked) {
  const std::string folded = fold_letters(text);
  cutter(folded, us, asked_mailbox(asked, us), words_).cut();
  if (us.has_address() && quotes_ipv6(folded, us)) words_.emplace_back(us_word);
}

}  // namespace cbv::smtp
