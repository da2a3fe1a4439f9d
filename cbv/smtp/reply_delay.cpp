#include "cbv/smtp/reply_delay.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "cbv/base/ascii.hpp"

namespace cbv::smtp {
namespace {

using std::chrono::seconds;

constexpr std::size_t number_digits_max = 7;
constexpr std::size_t reach = 4;        // how far from the amount its occasion may stand, in words
constexpr seconds bare_number_min{60};  // a number without a unit counts seconds, if it can

struct unit {
  std::string_view name;
  std::int64_t length;  // in seconds
};

// Sorted by nothing: short enough to be searched.
constexpr std::array units{
    // English and short forms; many languages share them.
    unit{"s", 1},
    unit{"sec", 1},
    unit{"secs", 1},
    unit{"second", 1},
    unit{"seconds", 1},
    unit{"m", 60},
    unit{"mn", 60},
    unit{"min", 60},
    unit{"mins", 60},
    unit{"minute", 60},
    unit{"minutes", 60},
    unit{"h", 3600},
    unit{"hr", 3600},
    unit{"hrs", 3600},
    unit{"hour", 3600},
    unit{"hours", 3600},
    unit{"day", 86400},
    unit{"days", 86400},
    // German
    unit{"sek", 1},
    unit{"sekunde", 1},
    unit{"sekunden", 1},
    unit{"minuten", 60},
    unit{"std", 3600},
    unit{"stunde", 3600},
    unit{"stunden", 3600},
    // French, Spanish, Italian, Portuguese
    unit{"seconde", 1},
    unit{"secondes", 1},
    unit{"segundo", 1},
    unit{"segundos", 1},
    unit{"secondo", 1},
    unit{"secondi", 1},
    unit{"minuto", 60},
    unit{"minutos", 60},
    unit{"minuti", 60},
    unit{"heure", 3600},
    unit{"heures", 3600},
    unit{"hora", 3600},
    unit{"horas", 3600},
    unit{"ora", 3600},
    unit{"ore", 3600},
    // Dutch
    unit{"seconden", 1},
    unit{"minuut", 60},
    unit{"uur", 3600},
    // Polish, Czech
    unit{"sekund", 1},
    unit{"sekundy", 1},
    unit{"minut", 60},
    unit{"minuty", 60},
    unit{"godzin", 3600},
    unit{"godziny", 3600},
    unit{"hodin", 3600},
    unit{"hodiny", 3600},
    // Russian, as it is and in Latin letters
    unit{"сек", 1},
    unit{"секунд", 1},
    unit{"секунды", 1},
    unit{"мин", 60},
    unit{"минут", 60},
    unit{"минуты", 60},
    unit{"час", 3600},
    unit{"часа", 3600},
    unit{"часов", 3600},
    unit{"chasa", 3600},
    unit{"chasov", 3600},
    // Turkish
    unit{"saniye", 1},
    unit{"dakika", 60},
    unit{"saat", 3600},
    // Chinese, Japanese
    unit{"秒", 1},
    unit{"分", 60},
    unit{"分钟", 60},
    unit{"分鐘", 60},
    unit{"小时", 3600},
    unit{"小時", 3600},
    unit{"時間", 3600},
};

// Words that make an amount of time the time to wait.
constexpr auto occasions = std::to_array<std::string_view>(
    {// English
     "in", "after", "wait", "waiting", "again", "retry", "retrying", "back", "later", "left",
     "remaining", "remain", "remains", "another", "next", "until", "minimum", "least", "than",
     "for", "delay", "delayed", "defer", "deferred", "every",
     // German
     "nach", "warten", "erneut", "wieder", "spaeter", "später",
     // French, Spanish, Italian, Portuguese
     "dans", "apres", "après", "attendre", "dentro", "en", "despues", "después", "espere", "tra",
     "fra", "dopo", "em", "após", "apos", "aguarde",
     // Dutch, Polish, Czech, Russian, Turkish
     "na", "za", "po", "через", "cherez", "sonra"});

// What is counted over a time, and words of times that have passed: no time to wait.
constexpr auto counts = std::to_array<std::string_view>(
    {"per",         "last",      "past",       "previous", "within",   "message",
     "messages",    "mail",      "mails",      "email",    "emails",   "connection",
     "connections", "recipient", "recipients", "attempt",  "attempts", "rate",
     "limit",       "limits",    "maximum",    "max",      "exceeds",  "sessions",
     "errors",      "rcpts",     "requests",   "hits",     "during"});

struct token {
  std::string text;
  std::int64_t number = -1;  // if it is one
  bool clock = false;        // hh:mm:ss was read into the number
};

bool is_letter(char c) {
  return ascii::is_alpha(c) || static_cast<unsigned char>(c) >= 0x80;
}

std::string_view take_while(std::string_view& text, bool (*belongs)(char)) {
  const auto* end = std::find_if_not(text.begin(), text.end(), belongs);
  const std::string_view front = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(front.size());
  return front;
}

std::int64_t value_of(std::string_view digits) {
  if (digits.empty() || digits.size() > number_digits_max) return -1;
  std::int64_t value = 0;
  for (const char c : digits) value = value * 10 + (c - '0');
  return value;
}

// 4:58 and 00:04:58, the digits before the first colon having been taken: how many octets follow
// them, and what they all amount to.
std::optional<std::pair<std::size_t, std::int64_t>> rest_of_clock(std::int64_t first,
                                                                  std::string_view rest) {
  std::int64_t total = first;
  std::size_t parts = 0;
  std::size_t taken = 0;
  while (parts < 2 && rest.size() >= taken + 3 && rest[taken] == ':' &&
         ascii::is_digit(rest[taken + 1]) && ascii::is_digit(rest[taken + 2])) {
    total = total * 60 + value_of(rest.substr(taken + 1, 2));
    taken += 3;
    ++parts;
  }
  const bool goes_on =
      taken < rest.size() && (is_letter(rest[taken]) || ascii::is_digit(rest[taken]));
  if (parts == 0 || goes_on) return std::nullopt;
  return std::pair(taken, total);
}

std::vector<token> tokens_of(std::string_view text) {
  std::vector<token> all;
  char before = ' ';
  while (!text.empty()) {
    const char c = text.front();
    token next;
    if (ascii::is_digit(c)) {
      next.text = take_while(text, ascii::is_digit);
      // "2026-11-21T10:00:00" and "4.7.1" are no amounts.
      const bool stands_alone = before != '.' && before != '-' && !ascii::is_alpha(before);
      if (stands_alone) next.number = value_of(next.text);
      if (const auto rest = rest_of_clock(next.number, text); rest && next.number >= 0) {
        next.number = rest->second;
        next.clock = true;
        text.remove_prefix(rest->first);
      }
      all.push_back(std::move(next));
      before = '0';
    } else if (is_letter(c)) {
      next.text = ascii::to_lower(take_while(text, is_letter));
      before = ascii::is_alpha(next.text.back()) ? 'a' : ' ';
      all.push_back(std::move(next));
    } else {
      before = c;
      text.remove_prefix(1);
    }
  }
  return all;
}

// Chinese and Japanese do not part words: "300秒後に再試行".
bool is_unparted(std::string_view word) {
  return static_cast<unsigned char>(word.front()) >= 0xe3;
}

std::int64_t unit_length(std::string_view word) {
  if (is_unparted(word)) {
    std::int64_t length = 0;
    std::size_t longest = 0;
    for (const unit& one : units) {
      if (one.name.size() <= longest || !word.starts_with(one.name)) continue;
      longest = one.name.size();
      length = one.length;
    }
    return length;
  }
  const auto* found = std::find_if(units.begin(), units.end(),
                                   [word](const unit& one) { return one.name == word; });
  return found == units.end() ? 0 : found->length;
}

std::int64_t spelled_number(std::string_view word) {
  constexpr std::array<std::string_view, 13> spelled{"",     "one",    "two",   "three", "four",
                                                     "five", "six",    "seven", "eight", "nine",
                                                     "ten",  "eleven", "twelve"};
  if (word == "a" || word == "an") return 1;
  if (word == "fifteen") return 15;
  if (word == "twenty") return 20;
  if (word == "thirty") return 30;
  if (word == "sixty") return 60;
  const auto* found = std::find(spelled.begin() + 1, spelled.end(), word);
  return found == spelled.end() ? -1 : found - spelled.begin();
}

template <std::size_t Size>
bool among(const std::array<std::string_view, Size>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_greylist_word(std::string_view word) {
  return word.starts_with("greylist") || word.starts_with("graylist") || word == "grey" ||
         word == "gray";
}

bool says_afterwards(std::string_view word) {
  return is_unparted(word) &&
         (word.find("后") != std::string_view::npos || word.find("後") != std::string_view::npos);
}

// What stands around an amount says if it is a time to wait.
bool is_wait(const std::vector<token>& all, std::size_t begin, std::size_t end) {
  bool occasion = says_afterwards(all[end - 1].text);
  for (std::size_t i = begin; i > 0 && begin - i < reach; --i) {
    const token& one = all[i - 1];
    // The nearest word decides: "in the last 5 minutes", "messages in 60 seconds, wait 5 minutes".
    if (one.text == "in" || one.text == "for" || one.text == "over") {
      occasion = true;
      continue;
    }
    if (among(counts, one.text)) return false;
    if (among(occasions, one.text) || is_greylist_word(one.text)) return true;
  }
  if (occasion) return true;
  for (std::size_t i = end; i < all.size() && i < end + reach; ++i) {
    if (among(occasions, all[i].text) || is_greylist_word(all[i].text)) return true;
  }
  return false;
}

struct amount {
  std::int64_t length = 0;
  std::size_t end = 0;
};

// "1 hour and 30 minutes", "90s", "00:04:58", "an hour"
std::optional<amount> amount_at(const std::vector<token>& all, std::size_t at) {
  if (all[at].clock) return amount{all[at].number, at + 1};
  amount found{0, at};
  std::int64_t smaller_than = delay_max.count() * 2;
  while (found.end + 1 < all.size()) {
    const token& first = all[found.end];
    const std::int64_t number = first.number >= 0 ? first.number : spelled_number(first.text);
    const std::int64_t length = unit_length(all[found.end + 1].text);
    if (number < 0 || length == 0 || length >= smaller_than) break;
    found.length += std::min(number, delay_max.count()) * length;
    found.end += 2;
    smaller_than = length;
    if (found.end < all.size() && all[found.end].text == "s") ++found.end;  // "hour(s)"
    if (found.end + 2 < all.size() && all[found.end].text == "and" &&
        all[found.end + 1].number >= 0) {
      ++found.end;
    }
  }
  if (found.end == at) return std::nullopt;
  return found;
}

// "retry after 300": seconds, if nothing else is counted.
std::optional<amount> bare_amount_at(const std::vector<token>& all, std::size_t at) {
  const token& here = all[at];
  if (here.number < bare_number_min.count() || at < 2 || at + 1 != all.size()) return std::nullopt;
  const std::string& before = all[at - 1].text;
  const std::string& cue = all[at - 2].text;
  if ((before == "in" || before == "after") &&
      (cue == "again" || cue == "retry" || cue == "back" || cue == "retrying")) {
    return amount{here.number, at + 1};
  }
  return std::nullopt;
}

// PT5M, PT1H30M (ISO 8601)
std::optional<std::int64_t> iso_duration(const std::vector<token>& all, std::size_t at) {
  if (all[at].text != "pt") return std::nullopt;
  std::int64_t total = 0;
  for (std::size_t i = at + 1; i + 1 < all.size(); i += 2) {
    const std::int64_t number = value_of(all[i].text);
    const std::string& name = all[i + 1].text;
    const std::int64_t length = name == "h" ? 3600 : name == "m" ? 60 : name == "s" ? 1 : 0;
    const bool digits = ascii::is_digit(all[i].text.front());
    if (!digits || number < 0 || length == 0) break;
    total += number * length;
  }
  return total;
}

std::optional<seconds> bounded(std::int64_t length) {
  if (length <= 0) return std::nullopt;
  return std::min(seconds(length), delay_max);
}

}  // namespace

std::optional<seconds> named_delay(std::string_view text) {
  const std::vector<token> all = tokens_of(text);
  for (std::size_t at = 0; at < all.size(); ++at) {
    if (const auto iso = iso_duration(all, at)) {
      if (const auto delay = bounded(*iso)) return delay;
    }
    auto found = amount_at(all, at);
    if (found && !is_wait(all, at, found->end)) {
      at = found->end - 1;
      continue;
    }
    if (!found) found = bare_amount_at(all, at);
    if (!found) continue;
    if (const auto delay = bounded(found->length)) return delay;
  }
  return std::nullopt;
}

}  // namespace cbv::smtp
