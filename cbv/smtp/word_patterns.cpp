#include "cbv/smtp/word_patterns.hpp"

#include <algorithm>
#include <array>
#include <cassert>

namespace cbv::smtp {
namespace {

constexpr std::size_t fillers_max = 4;

// Words between two others that change nothing of what they say together; sorted.
constexpr std::array<std::string_view, 24> fillers{
    "@",         "a",     "account", "address", "administratively",
    "an",        "are",   "at",      "be",      "been",
    "currently", "email", "for",     "has",     "id",
    "in",        "is",    "my",      "name",    "that",
    "the",       "this",  "was",     "were"};
static_assert(std::is_sorted(fillers.begin(), fillers.end()));

// Takes what stands before `mark` off the front of `text`, and the mark.
std::string_view take_until(std::string_view& text, char mark) {
  const std::size_t end = std::min(text.find(mark), text.size());
  const std::string_view front = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return front;
}

// Most words that lack a part of a glob lack one of its letters, too: that is quickly seen.
std::uint32_t letters_of(std::string_view word) {
  std::uint32_t letters = 0;
  for (const char c : word) letters |= 1U << (static_cast<unsigned char>(c) & 31U);
  return letters;
}

}  // namespace

word_patterns::word_patterns(std::span<const std::string_view> patterns) {
  for (std::string_view pattern : patterns) {
    while (!pattern.empty()) add(count_, take_until(pattern, '|'));
    ++count_;
  }
  begun_by_.resize(symbols_);
  for (std::size_t i = 0; i < alternatives_.size(); ++i) {
    for (const symbol first : alternatives_[i].items.front().any_of) {
      begun_by_[first].push_back(i);
    }
  }
}

std::vector<bool> word_patterns::found_in(std::span<const std::string> words) const {
  std::vector<sighting> seen;
  seen.reserve(words.size());
  for (const std::string& word : words) seen.push_back(look_at(word));

  std::vector<bool> found(count_);
  for (std::span<const sighting> rest = seen; !rest.empty(); rest = rest.subspan(1)) {
    for (const symbol here : rest.front().symbols) {
      for (const std::size_t index : begun_by_[here]) {
        const alternative& candidate = alternatives_[index];
        if (!found[candidate.pattern] && begin_with(rest, candidate.items)) {
          found[candidate.pattern] = true;
        }
      }
    }
  }
  return found;
}

void word_patterns::add(std::size_t pattern, std::string_view alternative_text) {
  alternative added;
  added.pattern = pattern;
  while (!alternative_text.empty()) {
    std::string_view words = take_until(alternative_text, ' ');
    item next;
    next.is_gap = words == "_";
    if (words != "_" && words != "*") {
      while (!words.empty()) next.any_of.push_back(symbol_of(take_until(words, '/')));
      std::sort(next.any_of.begin(), next.any_of.end());
    }
    added.items.push_back(std::move(next));
  }
  assert(!added.items.empty() && !added.items.front().any_of.empty());
  alternatives_.push_back(std::move(added));
}

word_patterns::symbol word_patterns::symbol_of(std::string_view word) {
  const auto [known, is_new] = literals_.try_emplace(std::string(word), symbols_);
  if (is_new) {
    glob shape;
    shape.open_start = word.starts_with('*');
    shape.open_end = word.ends_with('*');
    if (shape.open_start || shape.open_end) {
      word.remove_prefix(shape.open_start ? 1 : 0);
      word.remove_suffix(shape.open_end ? 1 : 0);
      shape.part = word;
      shape.letters = letters_of(word);
      shape.meaning = symbols_;
      globs_.push_back(std::move(shape));
    }
    ++symbols_;
  }
  return known->second;
}

word_patterns::sighting word_patterns::look_at(const std::string& word) const {
  sighting seen;
  seen.is_filler = std::binary_search(fillers.begin(), fillers.end(), std::string_view(word));
  const auto known = literals_.find(word);
  if (known != literals_.end()) seen.symbols.push_back(known->second);
  const std::uint32_t letters = letters_of(word);
  for (const glob& shape : globs_) {
    if ((shape.letters & ~letters) != 0) continue;
    const bool fits = !shape.open_start ? word.starts_with(shape.part)
                      : !shape.open_end ? word.ends_with(shape.part)
                                        : word.find(shape.part) != std::string::npos;
    if (fits) seen.symbols.push_back(shape.meaning);
  }
  return seen;
}

// True if the words begin with what the items ask for.
bool word_patterns::begin_with(std::span<const sighting> words, std::span<const item> items) {
  for (; !items.empty(); items = items.subspan(1)) {
    const item& wanted = items.front();
    if (wanted.is_gap) {
      for (std::size_t skipped = 0;; ++skipped) {
        if (begin_with(words, items.subspan(1))) return true;
        if (skipped == fillers_max || words.empty() || !words.front().is_filler) return false;
        words = words.subspan(1);
      }
    }
    if (words.empty()) return false;
    const std::vector<symbol>& here = words.front().symbols;
    const bool fits =
        wanted.any_of.empty() || std::any_of(here.begin(), here.end(), [&wanted](symbol one) {
          return std::binary_search(wanted.any_of.begin(), wanted.any_of.end(), one);
        });
    if (!fits) return false;
    words = words.subspan(1);
  }
  return true;
}

}  // namespace cbv::smtp
