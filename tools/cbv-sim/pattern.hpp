// Names by rule: `d{0-65535}.bulk.example` is 65,536 names, and `*` is any text. So a world of tens
// of thousands of domains and hosts is a few lines and no table.
#ifndef CBV_TOOLS_CBV_SIM_PATTERN_HPP
#define CBV_TOOLS_CBV_SIM_PATTERN_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cbv::sim {

/// Matches texts in lower case. `{LO-HI}` matches a decimal number in that range without leading
/// zeros; `*` matches any text, also none; all else is literal.
class pattern {
 public:
  /// Throws complaint where braces do not hold a range, or there is more than one range.
  explicit pattern(std::string_view form);

  /// True if the text has neither `{LO-HI}` nor `*`, and so stands for itself.
  bool is_literal() const noexcept {
    return pieces_.size() == 1 && pieces_[0].kind == piece::literal;
  }

  /// The pattern as it was written, in lower case.
  const std::string& text() const noexcept { return text_; }

  /// The highest number of the range; 0 where there is none.
  std::uint64_t number_max() const noexcept;

  /// What `text` matched: the number in the place of the range (0 where there is none), or nothing
  /// if it does not match.
  std::optional<std::uint64_t> match(std::string_view text) const;

 private:
  struct piece {
    enum type { literal, number, any } kind = literal;
    std::string text;
    std::uint64_t low = 0;
    std::uint64_t high = 0;
  };

  bool match_from(std::size_t piece, std::string_view rest, std::uint64_t& number) const;

  std::string text_;
  std::vector<piece> pieces_;
};

/// `form` with each `{}` replaced by `number`, and each `{%N}` by the rest of `number` divided by
/// N.
std::string with_number(std::string_view form, std::uint64_t number);

/// Throws complaint unless all braces in `form` are `{}` or `{%N}` with N above 0.
void check_form(std::string_view form);

/// True if `form` has a `{}` or `{%N}`.
bool has_number(std::string_view form) noexcept;

}  // namespace cbv::sim

#endif
