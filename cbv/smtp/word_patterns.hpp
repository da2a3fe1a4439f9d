// Many patterns of words, looked for in a text at once.
#ifndef CBV_SMTP_WORD_PATTERNS_HPP
#define CBV_SMTP_WORD_PATTERNS_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cbv::smtp {

/// Patterns that are compiled once and then compared with the words of a text (reply_words).
///
/// A pattern is one or more alternatives, which `|` parts. In an alternative, words stand as they
/// follow each other in the text; in place of a word there may be
///
///     a/b/c    any of these
///     abc*     a word that begins so; *abc: ends so; *abc*: has it inside
///     *        any word; not as the first
///     _        up to four words that carry no meaning ("the", "is", "for", "@", ...); not as the
///              first
///
/// The work is linear in the text: few words of a text are words of any pattern, and only those
/// patterns are looked at that begin with one. Immutable, usable from any thread.
class word_patterns {
 public:
  /// The patterns are copied. An empty one is in no text.
  explicit word_patterns(std::span<const std::string_view> patterns);

  /// For each pattern, in the order in which they were given: does it stand in the text?
  std::vector<bool> found_in(std::span<const std::string> words) const;

 private:
  using symbol = std::uint32_t;  // a word of a pattern

  struct glob {
    std::string part;
    bool open_start = false;
    bool open_end = false;
    std::uint32_t letters = 0;  // a bit for each letter in it
    symbol meaning = 0;
  };

  struct item {
    std::vector<symbol> any_of;  // sorted; empty: a gap of fillers, or any word
    bool is_gap = false;
  };

  struct alternative {
    std::size_t pattern = 0;
    std::vector<item> items;
  };

  /// What a word of a text is to the patterns.
  struct sighting {
    std::vector<symbol> symbols;
    bool is_filler = false;
  };

  void add(std::size_t pattern, std::string_view alternative_text);
  symbol symbol_of(std::string_view word);
  sighting look_at(const std::string& word) const;
  static bool begin_with(std::span<const sighting> words, std::span<const item> items);

  std::size_t count_ = 0;
  symbol symbols_ = 0;
  std::unordered_map<std::string, symbol> literals_;
  std::vector<glob> globs_;
  std::vector<alternative> alternatives_;
  std::vector<std::vector<std::size_t>> begun_by_;  // symbol -> alternatives that begin with it
};

}  // namespace cbv::smtp

#endif
