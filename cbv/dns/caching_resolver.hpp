// A memory in front of a resolver: answers live for their TTL, equal questions are joined.
#ifndef CBV_DNS_CACHING_RESOLVER_HPP
#define CBV_DNS_CACHING_RESOLVER_HPP

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "cbv/async/timer.hpp"
#include "cbv/counting/latency_histogram.hpp"
#include "cbv/dns/resolver.hpp"

namespace cbv::dns {

struct caching_options {
  std::size_t entries_max = 20000;  // of each record type; the least recently used go first
  std::size_t records_max = 64;     // an answer with more of them is passed on but not kept
  std::chrono::seconds ttl_min{0};  // of what was found
  std::chrono::seconds ttl_max{86400};
  std::chrono::seconds negative_ttl_max{3600};  // of "no such name" and "no such data" (RFC 2308)
  std::chrono::seconds trouble_ttl{1};  // SERVFAIL and its like (RFC 9520); zero: not kept at all
  std::chrono::seconds patience{15};    // a question goes on as long, even if its askers have left
};

/// How questions were answered, since the start.
struct caching_counts {
  std::uint64_t kept = 0;    // from memory
  std::uint64_t joined = 0;  // by a question that was already under way
  std::uint64_t asked = 0;   // by a question of its own
};

/// Equal questions that are open at once are one question to `upstream`. It has `patience`, or the
/// first asker's time if that is more; each asker keeps a deadline of its own and may be cancelled
/// without harm to the others. What upstream did not answer within the question's time is not kept;
/// other troubles are, for `trouble_ttl`.
class caching_resolver final : public resolver {
 public:
  /// All outlive the resolver and all who ask it. How long each question to `upstream` took is
  /// added to `counted`, if there is one.
  caching_resolver(resolver& upstream, timer& time, const caching_options& options,
                   latency_histogram* counted = nullptr);

  /// Those who still wait see asio::error::operation_aborted thrown. Upstream may go right after.
  ~caching_resolver() override;

  awaitable<answer<mx_record>> mx(std::string name, time_point deadline) override;
  awaitable<answer<asio::ip::address_v4>> a(std::string name, time_point deadline) override;
  awaitable<answer<asio::ip::address_v6>> aaaa(std::string name, time_point deadline) override;
  awaitable<answer<text_data>> txt(std::string name, time_point deadline) override;
  awaitable<answer<name_data>> ptr(std::string name, time_point deadline) override;

  std::optional<answer<asio::ip::address_v4>> known_a(const std::string& name) override;
  std::optional<answer<asio::ip::address_v6>> known_aaaa(const std::string& name) override;

  /// For the answers from now on; what is kept stays as long as it was to be.
  void change(const caching_options& options);

  std::size_t entries() const noexcept;
  std::size_t questions_open() const noexcept;
  caching_counts counts() const noexcept;

 private:
  struct state;
  std::shared_ptr<state> state_;  // shared with those who wait and what is under way
};

}  // namespace cbv::dns

#endif
