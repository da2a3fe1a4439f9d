// What a daemon told, and what of it it had told to be committed: for those who kill it.
#ifndef CBV_TESTS_E2E_LEDGER_HPP
#define CBV_TESTS_E2E_LEDGER_HPP

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace cbv::e2e {

/// Results are JSON texts as they come over the wire. The local-part of an address begins with what
/// the world says of it: u deliverable, n undeliverable, f full, s greylisted at first and then
/// deliverable.
class ledger {
 public:
  /// `may_forget`: the daemon has a bound, so that what was committed may be gone.
  explicit ledger(bool may_forget) : may_forget_(may_forget) {}

  /// A question has been sent: until its answer comes something newer may be remembered.
  void asked(const std::string& address);
  void told(const std::string& address, const std::string& result);

  /// How many answers there were since the start.
  std::size_t told_count() const noexcept { return told_.size(); }

  /// What a `health` said: its `writes`, if it was asked for after so many answers; and its
  /// `writes_committed`.
  void promised(std::uint64_t writes, std::size_t told_count);
  void committed(std::uint64_t writes_committed);

  /// The daemon has ended: what it had not told to be committed may be gone.
  void ended();

  /// What is wrong with an answer from memory alone, after a new start; empty: nothing. From then
  /// on this is what must be there.
  std::string check(const std::string& address, const std::string& result);

  /// Those to be looked at after a start: all that were asked about since the last call, and some
  /// others.
  std::vector<std::string> to_check(std::mt19937_64& random, std::size_t others);
  std::vector<std::string> all() const;

  /// One whose verdict lasts and that is not being asked about; empty if there is none.
  std::string settled(std::mt19937_64& random) const;

  std::size_t committed_count() const noexcept { return committed_count_; }
  std::size_t found_count() const noexcept { return found_count_; }

 private:
  struct entry {
    std::vector<std::string> versions;  // as they were told, without the source
    std::size_t committed = 0;          // of these, what was told to be committed
    bool in_flight = false;
  };

  const bool may_forget_;
  std::map<std::string, entry> entries_;
  std::vector<std::string> recent_;                             // asked about since the last start
  std::vector<std::pair<std::string, std::size_t>> told_;       // since the start, with the version
  std::size_t told_committed_ = 0;                              // of these
  std::deque<std::pair<std::uint64_t, std::size_t>> promises_;  // writes, and how many of told_
  std::size_t committed_count_ = 0;
  std::size_t found_count_ = 0;
};

}  // namespace cbv::e2e

#endif
