// Who is met most often, in a memory that does not grow.
#ifndef CBV_COUNTING_SPACE_SAVING_HPP
#define CBV_COUNTING_SPACE_SAVING_HPP

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "cbv/counting/ranking.hpp"

namespace cbv {

/// The most frequent of many names: the space-saving algorithm over a stream summary (Metwally,
/// Agrawal, El Abbadi: Efficient computation of frequent and top-k elements in data streams, 2005).
///
/// All memory is taken when it is made; adding takes none, and always costs about the same. A name
/// that there is no room for takes the place of one that was met least often, with its count, which
/// is as much as it may be too high by. So with room for n of m names met, no error is above m / n,
/// and whoever was met more often than that is in here.
///
/// Belongs to one thread. A value; one that was moved from may only be assigned to or destroyed.
class space_saving {
 public:
  /// Room for so many names, at least 1. Of a longer name its first octets are told; it is another
  /// one all the same than those that begin alike.
  explicit space_saving(std::size_t capacity, std::size_t name_octets_max = 255);

  /// Met once more.
  void add(std::string_view name) noexcept;

  std::size_t size() const noexcept { return used_; }
  std::size_t capacity() const noexcept { return entries_.size(); }

  /// All that it has, the most frequent first.
  ranking ranked_now() const;

  void clear() noexcept;

 private:
  using number = std::uint32_t;
  static constexpr number none = ~number{0};

  // Entries of the same count are in a ring, which its group knows one of; the groups are in a
  // list, by count.
  struct entry {
    std::uint64_t hash = 0;
    std::uint64_t error = 0;
    number group = none;
    number before = none;
    number after = none;
    number same_slot = none;  // the next one of this slot of the table
    std::uint16_t octets = 0;
    bool is_cut = false;
  };
  struct group {
    std::uint64_t count = 0;
    number first = none;
    number less = none;
    number more = none;
  };

  number& slot_of(std::uint64_t hash) noexcept { return table_[hash & (table_.size() - 1)]; }
  std::string_view name_of(number which) const noexcept;
  number find(std::string_view kept, bool is_cut, std::uint64_t hash) noexcept;
  void enter(number which, std::string_view kept, bool is_cut, std::uint64_t hash) noexcept;
  void forget(number which) noexcept;
  void count(number which) noexcept;
  void put_into(number which, number at) noexcept;
  void take_out(number which) noexcept;
  number open_group(std::uint64_t count, number behind) noexcept;
  void close_group(number which) noexcept;

  std::size_t name_octets_max_;
  std::vector<entry> entries_;
  std::vector<char> names_;
  std::vector<group> groups_;   // one more than entries: of an entry on its way
  std::vector<number> unused_;  // groups
  std::vector<number> table_;   // entries by their hash
  std::size_t used_ = 0;        // entries
  number least_ = none;         // group
};

}  // namespace cbv

#endif
