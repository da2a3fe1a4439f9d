// Many short texts with a number each, in little memory.
#ifndef CBV_CHECKS_TEXT_TABLE_HPP
#define CBV_CHECKS_TEXT_TABLE_HPP

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cbv::checks {

/// A hash table in three blocks of memory: the texts one behind the other, where each is, and the
/// slots. 12 octets a text, 11 to 21 for its slot, and the text itself. Texts of different kinds do
/// not meet. They grow only; none has more than 65,535 octets, and all together less than 4 GiB.
class text_table {
 public:
  /// False: it is there already, with the number that it had; or there is no more room for it.
  bool add(std::uint8_t kind, std::string_view text, std::uint32_t number);

  std::optional<std::uint32_t> find(std::uint8_t kind, std::string_view text) const noexcept;

  bool has_room_for(std::string_view text) const noexcept;

  /// Gives back what was taken ahead.
  void shrink();

  std::size_t size() const noexcept { return entries_.size(); }
  std::size_t octets() const noexcept;

 private:
  struct entry {
    std::uint32_t at;
    std::uint32_t number;
    std::uint16_t octets;
    std::uint8_t kind;
  };
  struct slot {
    std::uint32_t tag = 0;    // the upper half of the hash
    std::uint32_t entry = 0;  // from 1; 0: free
  };

  static std::size_t hash(std::uint8_t kind, std::string_view text) noexcept;
  bool is(const slot& here, std::size_t hashed, std::uint8_t kind,
          std::string_view text) const noexcept;
  void grow();

  std::string texts_;
  std::vector<entry> entries_;
  std::vector<slot> slots_;  // a power of two, at most 3/4 of them taken
};

}  // namespace cbv::checks

#endif
