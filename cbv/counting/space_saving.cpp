#include "cbv/counting/space_saving.hpp"

#include <algorithm>
#include <bit>
#include <functional>
#include <string>

namespace cbv {

space_saving::space_saving(std::size_t capacity, std::size_t name_octets_max)
    : name_octets_max_(std::min<std::size_t>(name_octets_max, 0xffff)),
      entries_(std::max<std::size_t>(capacity, 1)),
      names_(entries_.size() * name_octets_max_),
      groups_(entries_.size() + 1),
      table_(std::bit_ceil(2 * entries_.size()), none) {
  unused_.reserve(groups_.size());
  for (number i = 0; i < groups_.size(); ++i) unused_.push_back(i);
}

void space_saving::add(std::string_view name) noexcept {
  const std::uint64_t hash = std::hash<std::string_view>()(name);
  const std::string_view kept = name.substr(0, name_octets_max_);
  const bool is_cut = kept.size() < name.size();
  number which = find(kept, is_cut, hash);
  if (which == none) {
    if (used_ < entries_.size()) {
      which = static_cast<number>(used_++);
      entries_[which].error = 0;
      if (least_ == none || groups_[least_].count > 0) least_ = open_group(0, none);
      put_into(which, least_);
    } else {
      which = groups_[least_].first;
      entries_[which].error = groups_[least_].count;
      forget(which);
    }
    enter(which, kept, is_cut, hash);
  }
  count(which);
}

ranking space_saving::ranked_now() const {
  ranking made;
  made.reserve(used_);
  for (number i = 0; i < used_; ++i) {
    const entry& one = entries_[i];
    made.push_back({std::string(name_of(i)), groups_[one.group].count, one.error});
  }
  std::sort(made.begin(), made.end(), [](const ranked& a, const ranked& b) {
    return a.count != b.count ? a.count > b.count : a.name < b.name;
  });
  return made;
}

void space_saving::clear() noexcept {
  if (used_ == 0) return;
  used_ = 0;
  least_ = none;
  std::fill(table_.begin(), table_.end(), none);
  unused_.clear();
  for (number i = 0; i < groups_.size(); ++i) unused_.push_back(i);
}

std::string_view space_saving::name_of(number which) const noexcept {
  return {names_.data() + which * name_octets_max_, entries_[which].octets};
}

// Names that were cut are told apart by the hash of all of them.
space_saving::number space_saving::find(std::string_view kept, bool is_cut,
                                        std::uint64_t hash) noexcept {
  for (number i = slot_of(hash); i != none; i = entries_[i].same_slot) {
    const entry& one = entries_[i];
    if (one.hash == hash && one.is_cut == is_cut && name_of(i) == kept) return i;
  }
  return none;
}

void space_saving::enter(number which, std::string_view kept, bool is_cut,
                         std::uint64_t hash) noexcept {
  entry& one = entries_[which];
  std::copy(kept.begin(), kept.end(), names_.data() + which * name_octets_max_);
  one.octets = static_cast<std::uint16_t>(kept.size());
  one.is_cut = is_cut;
  one.hash = hash;
  one.same_slot = slot_of(hash);
  slot_of(hash) = which;
}

void space_saving::forget(number which) noexcept {
  number* at = &slot_of(entries_[which].hash);
  while (*at != which) at = &entries_[*at].same_slot;
  *at = entries_[which].same_slot;
}

// Into the group of the next count.
void space_saving::count(number which) noexcept {
  const number from = entries_[which].group;
  const std::uint64_t next = groups_[from].count + 1;
  number to = groups_[from].more;
  const bool is_there = to != none && groups_[to].count == next;
  if (!is_there && entries_[which].after == which) {  // it is alone: its group counts on
    groups_[from].count = next;
    return;
  }
  if (!is_there) to = open_group(next, from);
  take_out(which);
  put_into(which, to);
}

void space_saving::put_into(number which, number at) noexcept {
  entry& one = entries_[which];
  one.group = at;
  number& first = groups_[at].first;
  if (first == none) {
    one.before = one.after = which;
    first = which;
    return;
  }
  one.after = first;
  one.before = entries_[first].before;
  entries_[one.before].after = which;
  entries_[first].before = which;
}

void space_saving::take_out(number which) noexcept {
  const entry& one = entries_[which];
  if (one.after == which) return close_group(one.group);
  entries_[one.before].after = one.after;
  entries_[one.after].before = one.before;
  number& first = groups_[one.group].first;
  if (first == which) first = one.after;
}

// Behind the one that has less; none: it has the least.
space_saving::number space_saving::open_group(std::uint64_t count, number behind) noexcept {
  const number made = unused_.back();
  unused_.pop_back();
  group& one = groups_[made];
  one = group{count, none, behind, behind == none ? least_ : groups_[behind].more};
  if (one.more != none) groups_[one.more].less = made;
  if (behind != none) groups_[behind].more = made;
  return made;
}

void space_saving::close_group(number which) noexcept {
  const group& one = groups_[which];
  if (one.less != none) groups_[one.less].more = one.more;
  if (one.more != none) groups_[one.more].less = one.less;
  if (least_ == which) least_ = one.more;
  unused_.push_back(which);
}

}  // namespace cbv
