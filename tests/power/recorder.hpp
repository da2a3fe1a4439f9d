// What a program does to the files of one directory, written down call by call; or its death at one
// of these calls. Stands in the way of the system's functions, so it works only in a program of its
// own, whose every fsync() is left out: nothing here waits for a disk.
#ifndef CBV_TESTS_POWER_RECORDER_HPP
#define CBV_TESTS_POWER_RECORDER_HPP

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

namespace cbv::power {

/// One call that changed something, or made changes last.
struct event {
  enum class kind {
    create,          // `file` under `name`
    write,           // `octets` at `offset`; lasting, if `lasts`, when it returned (O_DSYNC)
    truncate,        // to `offset` octets
    sync,            // fsync() or fdatasync() of `file`
    rename,          // `name` to `new_name`
    remove,          // `name`
    sync_directory,  // fsync() of the directory
    mark,            // the program said so: `offset`
  };
  kind what = kind::mark;
  std::size_t file = 0;  // numbered as they were made
  std::string name;
  std::string new_name;
  std::uint64_t offset = 0;
  std::string octets;
  bool lasts = false;
};

/// Syncs that the recorder overhears: what a program would do that left them out.
struct deafness {
  bool to_sync = false;
  bool to_lasting_writes = false;
  bool to_sync_directory = false;
};

/// Written down are all files of the directory but lock.mdb, which LMDB maps into memory and makes
/// anew. One recorder at a time; the directory is empty or missing.
class recorder {
 public:
  explicit recorder(const std::filesystem::path& directory, deafness to = {});
  recorder(const recorder&) = delete;
  recorder& operator=(const recorder&) = delete;
  ~recorder();

  /// What is told to someone else: all that came before it must be known to last.
  void mark(std::uint64_t number);

  /// All so far.
  std::vector<event> events() const;
};

/// From now on this process is killed with SIGKILL at its `calls`-th call that opens, writes,
/// syncs, cuts, renames or removes something in the directory: before the call, or, if that writes
/// several pages and `calls` is odd, when half of them are written.
void die_at(const std::filesystem::path& directory, std::size_t calls);

}  // namespace cbv::power

#endif
