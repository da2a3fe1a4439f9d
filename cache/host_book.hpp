// Remembers which far hosts are to be left alone, beside the verdicts.
#ifndef CBV_CACHE_HOST_BOOK_HPP
#define CBV_CACHE_HOST_BOOK_HPP

#include <string>
#include <string_view>

#include "cache/records/host_record.hpp"
#include "cache/shelf/shelf.hpp"
#include "cbv/verdict/host_memory.hpp"

namespace cbv::cache {

/// The port's promises; the next facts() sees what was noted at once, committed or not.
class host_book final : public host_memory {
 public:
  /// The shelf outlives it.
  explicit host_book(shelf& on) : shelf_(on) {}

  host_facts facts(const boost::asio::ip::address& of, wall_time now) override;
  void note_trouble(const boost::asio::ip::address& of, host_fault what, wall_time until,
                    std::string said, wall_time now) override;
  void note_success(const boost::asio::ip::address& of, host_fault what, wall_time now) override;
  bool forget(const boost::asio::ip::address& of) override;

 private:
  host_facts held_under(std::string_view key);
  void keep(std::string_view key, const host_facts& held);

  shelf& shelf_;
};

}  // namespace cbv::cache

#endif
