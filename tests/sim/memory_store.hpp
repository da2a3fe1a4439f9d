// What the cache does, over a map: the same rules, no disk.
#ifndef CBV_TESTS_SIM_MEMORY_STORE_HPP
#define CBV_TESTS_SIM_MEMORY_STORE_HPP

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "cache/records/domain_record.hpp"
#include "cache/records/lifetimes.hpp"
#include "cbv/verdict/booking_book.hpp"
#include "cbv/verdict/domain_memory.hpp"
#include "cbv/verdict/verdict_store.hpp"

namespace cbv::sim {

/// Belongs to one thread.
class memory_store final : public verdict_store, public domain_memory, public booking_book {
 public:
  explicit memory_store(cache::lifetimes times = {}) : times_(times) {}

  result<std::optional<remembered>> find(role side, const mailbox& address, wall_time now) override;
  verdict put(role side, const mailbox& address, verdict made, wall_time now) override;

  domain_facts facts(role side, const domain& of, wall_time now) override;
  void note_null_sender(role side, const domain& of, bool refused, wall_time now) override;
  void note_catch_all(role side, const domain& of, catch_all found, wall_time now) override;
  bool is_catch_all_test_due(role side, const domain& of, wall_time now) override;
  void forget(const domain& of) override;

  bool book(const booking& wanted) override;
  void cancel(role side, const mailbox& address) override;
  std::vector<booking> booked() override;

  /// No more are booked than this.
  void bound_bookings(std::size_t most) { bookings_max_ = most; }

  /// Makes each find() and put() end like this: a test's way to break the cache. Nothing: it works.
  void break_with(std::function<void()> failure, error_code find_error = {});

  /// Called with what was held, what arrived and what was kept: a test's way to look on.
  using witness = std::function<void(const std::optional<cache::record>& held,
                                     const verdict& arrived, const verdict& told)>;
  void watch(witness by) { witness_ = std::move(by); }

  std::size_t size() const noexcept { return records_.size(); }

 private:
  cache::lifetimes times_;
  std::map<std::string, cache::record> records_;
  std::map<std::pair<role, domain>, cache::domain_record> domains_;
  std::map<std::string, booking> bookings_;
  std::size_t bookings_max_ = 10'000;
  std::function<void()> failure_;
  error_code find_error_;
  witness witness_;
};

}  // namespace cbv::sim

#endif
