#include "cbv/checks/text_table.hpp"

#include <functional>
#include <limits>

namespace cbv::checks {
namespace {

constexpr std::size_t slots_least = 16;
constexpr unsigned tag_shift = 32;

}  // namespace

std::size_t text_table::hash(std::uint8_t kind, std::string_view text) noexcept {
  constexpr std::uint64_t odd = 0x9e37'79b9'7f4a'7c15U;
  std::uint64_t mixed = std::hash<std::string_view>{}(text) ^ (kind * odd);
  mixed ^= mixed >> tag_shift;
  mixed *= odd;
  return mixed ^ (mixed >> tag_shift);
}

bool text_table::is(const slot& here, std::size_t hashed, std::uint8_t kind,
                    std::string_view text) const noexcept {
  if (here.tag != static_cast<std::uint32_t>(hashed >> tag_shift)) return false;
  const entry& held = entries_[here.entry - 1];
  return held.kind == kind && std::string_view(texts_).substr(held.at, held.octets) == text;
}

bool text_table::has_room_for(std::string_view text) const noexcept {
  constexpr std::size_t all_max = std::numeric_limits<std::uint32_t>::max();
  return text.size() <= std::numeric_limits<std::uint16_t>::max() &&
         texts_.size() + text.size() <= all_max && entries_.size() < all_max;
}

bool text_table::add(std::uint8_t kind, std::string_view text, std::uint32_t number) {
  if (!has_room_for(text)) return false;
  if (entries_.size() >= slots_.size() / 4 * 3) grow();
  const std::size_t hashed = hash(kind, text);
  const std::size_t last = slots_.size() - 1;
  std::size_t at = hashed & last;
  for (; slots_[at].entry != 0; at = (at + 1) & last) {
    if (is(slots_[at], hashed, kind, text)) return false;
  }
  entries_.push_back(entry{static_cast<std::uint32_t>(texts_.size()), number,
                           static_cast<std::uint16_t>(text.size()), kind});
  texts_ += text;
  slots_[at] = slot{static_cast<std::uint32_t>(hashed >> tag_shift),
                    static_cast<std::uint32_t>(entries_.size())};
  return true;
}

std::optional<std::uint32_t> text_table::find(std::uint8_t kind,
                                              std::string_view text) const noexcept {
  if (slots_.empty()) return std::nullopt;
  const std::size_t hashed = hash(kind, text);
  const std::size_t last = slots_.size() - 1;
  for (std::size_t at = hashed & last; slots_[at].entry != 0; at = (at + 1) & last) {
    if (is(slots_[at], hashed, kind, text)) return entries_[slots_[at].entry - 1].number;
  }
  return std::nullopt;
}

void text_table::grow() {
  std::vector<slot> wider(slots_.empty() ? slots_least : 2 * slots_.size());
  const std::size_t last = wider.size() - 1;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const entry& held = entries_[i];
    const std::size_t hashed =
        hash(held.kind, std::string_view(texts_).substr(held.at, held.octets));
    std::size_t at = hashed & last;
    while (wider[at].entry != 0) at = (at + 1) & last;
    wider[at] =
        slot{static_cast<std::uint32_t>(hashed >> tag_shift), static_cast<std::uint32_t>(i + 1)};
  }
  slots_ = std::move(wider);
}

void text_table::shrink() {
  texts_.shrink_to_fit();
  entries_.shrink_to_fit();
}

std::size_t text_table::octets() const noexcept {
  return texts_.capacity() + entries_.capacity() * sizeof(entry) + slots_.capacity() * sizeof(slot);
}

}  // namespace cbv::checks
