#include "cbv/address/name_pattern.hpp"

#include "cbv/address/domain.hpp"
#include "cbv/base/ascii.hpp"

namespace cbv {

parsed<name_pattern> name_pattern::parse(std::string_view text) {
  const bool below_only = text.starts_with("*.");
  const bool both = text.starts_with('.');
  std::size_t marked = 0;
  if (below_only) marked = 2;
  if (both) marked = 1;
  const auto name = domain::parse(text.substr(marked), marked + 1);
  if (!name) return name.error();
  if (name->literal() && marked > 0) {
    return syntax_error{"there is nothing below an address literal", marked + 1};
  }
  return name_pattern(name->text(), !below_only, marked > 0);
}

std::string name_pattern::text() const {
  if (!below_) return name_;
  return (itself_ ? "." : "*.") + name_;
}

name_list::name_list(const std::vector<name_pattern>& patterns) : given_(patterns) {
  for (const name_pattern& one : given_) {
    reach& of = names_[ascii::to_lower(one.name())];  // of "[IPv6:", too
    of.itself = of.itself || one.has_itself();
    of.below = of.below || one.has_below();
  }
}

bool name_list::matches(std::string_view name) const {
  if (names_.empty()) return false;
  std::string folded = ascii::to_lower(name);
  if (folded.ends_with('.')) folded.pop_back();
  const auto itself = names_.find(folded);
  if (itself != names_.end() && itself->second.itself) return true;
  const std::string_view whole = folded;
  for (std::size_t dot = whole.find('.'); dot != std::string_view::npos;
       dot = whole.find('.', dot + 1)) {
    const auto above = names_.find(whole.substr(dot + 1));
    if (above != names_.end() && above->second.below) return true;
  }
  return false;
}

}  // namespace cbv
