// Remembers what is known of whole domains, beside the verdicts.
#ifndef CBV_CACHE_DOMAIN_BOOK_HPP
#define CBV_CACHE_DOMAIN_BOOK_HPP

#include "cache/records/domain_record.hpp"
#include "cache/shelf/shelf.hpp"
#include "cbv/verdict/domain_memory.hpp"

namespace cbv::cache {

/// The port's promises; the next facts() sees what was noted at once, committed or not.
class domain_book final : public domain_memory {
 public:
  /// The shelf outlives it.
  explicit domain_book(shelf& on) : shelf_(on) {}

  domain_facts facts(role side, const domain& of, wall_time now) override;
  void note_null_sender(role side, const domain& of, bool refused, wall_time now) override;
  void note_catch_all(role side, const domain& of, catch_all found, wall_time now) override;
  bool is_catch_all_test_due(role side, const domain& of, wall_time now) override;
  void forget(const domain& of) override;

 private:
  domain_record held_under(const record_key& key);
  template <class Change>
  void change(role side, const domain& of, wall_time now, Change&& into);

  shelf& shelf_;
};

}  // namespace cbv::cache

#endif
