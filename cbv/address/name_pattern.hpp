// Names of domains and hosts as settings have them: one, or all below it.
#ifndef CBV_ADDRESS_NAME_PATTERN_HPP
#define CBV_ADDRESS_NAME_PATTERN_HPP

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/address/syntax_error.hpp"

namespace cbv {

/// "example.org" is that name alone, "*.example.org" all names below it and not itself,
/// ".example.org" both. A value.
class name_pattern {
 public:
  /// What follows "*." or "." is a domain::parse name; an address literal only stands alone.
  static parsed<name_pattern> parse(std::string_view text);

  /// The canonical text: lower case A-labels.
  std::string text() const;

  const std::string& name() const noexcept { return name_; }  // without "*." or "."
  bool has_itself() const noexcept { return itself_; }
  bool has_below() const noexcept { return below_; }

  friend bool operator==(const name_pattern&, const name_pattern&) = default;

 private:
  name_pattern(std::string name, bool itself, bool below)
      : name_(std::move(name)), itself_(itself), below_(below) {}

  std::string name_;
  bool itself_;
  bool below_;
};

/// Many patterns. Looking a name up takes time for each of its labels, not for each pattern.
class name_list {
 public:
  name_list() = default;
  explicit name_list(const std::vector<name_pattern>& patterns);

  /// Is any pattern true of this name? In any case of letters, with or without a trailing dot; an
  /// address literal as domain::text() has it.
  bool matches(std::string_view name) const;

  bool empty() const noexcept { return given_.empty(); }

  /// As they were given, in their order.
  const std::vector<name_pattern>& patterns() const noexcept { return given_; }

 private:
  struct reach {
    bool itself = false;
    bool below = false;
  };

  std::vector<name_pattern> given_;
  std::map<std::string, reach, std::less<>> names_;
};

}  // namespace cbv

#endif
