// What lies on a disk, and what may lie there after a loss of power: all that was synced, and any
// part of the rest. Pure.
#ifndef CBV_TESTS_POWER_DISK_HPP
#define CBV_TESTS_POWER_DISK_HPP

#include <cstddef>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "tests/power/recorder.hpp"

namespace cbv::power {

/// The files of a directory: name -> octets.
using folder_image = std::map<std::string, std::string>;

/// A file system that keeps what it must and no more: writes and lengths of a file last once it is
/// synced, names once the directory is; before that, writes come to the disk in any order, in part,
/// and by sectors of 512 octets, while changes of names come in their order, as a journal has them.
class disk {
 public:
  /// The call has returned.
  void apply(const event& call);

  /// The call has begun, and may have done something or nothing when the power goes.
  bool may_lose_at(const event& call) const;

  /// Shows what may be found: always all and nothing of what is not synced, each change alone
  /// missing and alone there, and then random parts, sectors and orders. `what` is for messages.
  using visitor = std::function<void(const folder_image& found, const std::string& what)>;
  void lose_power(std::mt19937_64& random, const visitor& visit) const;

 private:
  struct change {
    std::size_t file = 0;
    bool is_length = false;
    std::size_t offset = 0;  // or the length
    std::string octets;
  };
  using changes = std::vector<change>;

  static void carry_out(const change& one, std::string& content);
  static changes in_sectors(const changes& whole);
  folder_image image(const changes& kept, std::size_t names_kept) const;
  void sync(std::size_t file);
  std::map<std::string, std::size_t> names_after(std::size_t changes_kept) const;

  std::vector<std::string> contents_;  // synced, of each file
  changes pending_;
  std::map<std::string, std::size_t> names_;  // synced
  std::vector<event> pending_names_;
};

}  // namespace cbv::power

#endif
