// How many sessions there are with far hosts, and how many hosts are left alone.
#ifndef CBV_CALLOUT_HOST_CENSUS_HPP
#define CBV_CALLOUT_HOST_CENSUS_HPP

#include <cstddef>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "cbv/base/clock.hpp"

namespace cbv::callout {

/// Told by the hosts of one daemon, so that nobody has to look at all of them. Belongs to one
/// thread.
class host_census {
 public:
  /// A session that there is, for as long as this lives.
  class session {
   public:
    explicit session(const host_census& in) : all_(in.sessions_) { ++*all_; }
    session(const session&) = delete;
    session& operator=(const session&) = delete;
    ~session() { --*all_; }

   private:
    std::shared_ptr<std::size_t> all_;
  };

  /// A host of this name is left alone until then; if that has passed, it is not. It need not be
  /// kept anywhere else. Beyond `hosts_max` that are left alone no more are noted.
  void note(std::string_view host, time_point left_alone_until, time_point now);

  /// With a question, or resting.
  std::size_t sessions() const noexcept { return *sessions_; }

  std::size_t left_alone(time_point now);

  static constexpr std::size_t hosts_max = 100'000;

 private:
  using by_name = std::unordered_map<std::string, time_point>;

  void drop_over(time_point now);

  // Shared with the sessions: these may be gone only after us.
  std::shared_ptr<std::size_t> sessions_ = std::make_shared<std::size_t>(0);
  by_name until_;
  std::set<std::pair<time_point, std::string_view>> soonest_first_;  // the names are those above
};

}  // namespace cbv::callout

#endif
