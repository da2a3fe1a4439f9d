// The pages of a data file, read beside LMDB: a page that the disk does not give is a fault, not a
// signal as it is in a map.
#ifndef CBV_CACHE_PAGES_PAGE_READER_HPP
#define CBV_CACHE_PAGES_PAGE_READER_HPP

#include <cstddef>
#include <string>
#include <string_view>

#include "cache/pages/page_check.hpp"

namespace cbv::cache {

/// All functions are for all threads.
class page_reader {
 public:
  page_reader() = default;
  page_reader(page_reader&& other) noexcept;
  page_reader& operator=(page_reader&& other) noexcept;
  ~page_reader();

  /// False: errno says why. Follows no other name, makes nothing.
  bool open(const std::string& path);

  /// The size of pages, as the meta pages have it.
  void set_page_octets(std::size_t octets) noexcept { page_octets_ = octets; }
  std::size_t page_octets() const noexcept { return page_octets_; }

  /// The octets from there on, fewer at the end of the file. What could not be read is not there.
  std::string_view octets(std::uint64_t from, std::size_t most, std::string& into) const;

  /// Whole pages; empty if one of them is not there.
  std::string_view pages(page_number first, page_number count, std::string& into) const;
  std::string_view page(page_number at, std::string& into) const { return pages(at, 1, into); }

  /// Has the system read a page ahead.
  void announce(page_number at) const noexcept;

  std::uint64_t file_octets() const noexcept;
  bool is_plain_file() const noexcept;

 private:
  int file_ = -1;
  std::size_t page_octets_ = 0;
};

}  // namespace cbv::cache

#endif
