// Many patterns of words, looked for in a text at once.
#ifndef CBV_SMTP_WORD_PATTERNS_HPP
#define CBV_SMTP_WORD_PATTERNS_HPP

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace cbv::smtp {

/// Words that mean the same to a pattern: "{mailbox}" stands for any of "user/mailbox/account".
struct word_group {
  std::string_view name;
  std::string_view words;  // parted by "/", each as in a pattern
};

/// Patterns that are compiled once and then compared with the words of a text (reply_words).
///
/// A pattern is one or more alternatives, which `|` parts. In an alternative, words stand as they
/// follow each other in the text; in place of a word there may be
///
///     a/b/c    any of these
///     {name}   any word of this group; also among others, "{name}/b"
///     abc*     a word that begins so; *abc: ends so; *abc*: has it inside; *ab*cd*: has both, in
///              this order, for languages that do not part their words
///     *        any word; not as the first
///     _        up to five words that carry no meaning ("the", "is", "for", "@", a host name, ...);
///              not as the first
///     ~        up to six words, whatever they are; not as the first
///
/// The work is linear in the text, whatever the patterns: only those are looked at that begin with
/// a word of the text, and no more than 64 words on. Immutable, usable from any thread.
class word_patterns {
 public:
  /// Patterns and groups are copied. An empty pattern is in no text; a group that nobody knows is
  /// a word that no text has.
  explicit word_patterns(std::span<const std::string_view> patterns,
                         std::span<const word_group> groups = {});

  /// For each pattern, in the order in which they were given: does it stand in the text?
  std::vector<bool> found_in(std::span<const std::string> words) const;

 private:
  using symbol = std::uint32_t;  // a word of a pattern

  struct glob {
    std::string part;
    bool open_start = false;
    bool open_end = false;
    std::uint32_t letters = 0;    // a bit for each letter in it
    std::vector<symbol> meaning;  // itself, and the groups that it is in
  };

  enum class item_kind { words, any_word, fillers, any_words };

  struct item {
    item_kind kind = item_kind::words;
    std::vector<symbol> any_of;  // sorted
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
  void add_meaning(std::string_view word, symbol meaning);
  sighting look_at(const std::string& word) const;
  static bool fits(const sighting& word, const item& wanted);
  static bool begin_with(std::span<const sighting> words, std::span<const item> items);

  std::unordered_set<std::string> fillers_;
  std::size_t count_ = 0;
  symbol symbols_ = 0;
  std::unordered_map<std::string, symbol> symbol_names_;           // words, globs and groups
  std::unordered_map<std::string, std::vector<symbol>> literals_;  // what a word is
  std::vector<glob> globs_;
  std::vector<alternative> alternatives_;
  std::vector<std::vector<std::size_t>> begun_by_;  // symbol -> alternatives that begin with it
};

}  // namespace cbv::smtp

#endif
