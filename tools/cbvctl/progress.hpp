// A bar for what takes long, on a terminal only.
#ifndef CBV_TOOLS_CBVCTL_PROGRESS_HPP
#define CBV_TOOLS_CBVCTL_PROGRESS_HPP

#include <chrono>
#include <cstdint>
#include <string>

namespace cbv::ctl {

/// "[#####               ]  25 %  12345 records"; without a total, what is done only.
std::string bar_text(std::uint64_t done, std::uint64_t total, std::uint64_t records);

/// Shows the bar on standard error, a few times a second, if that is a terminal; takes it away at
/// the end.
class progress {
 public:
  progress();
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;
  ~progress();

  void show(std::uint64_t done, std::uint64_t total, std::uint64_t records);

 private:
  const bool on_;
  bool shown_ = false;
  std::chrono::steady_clock::time_point next_{};
};

}  // namespace cbv::ctl

#endif
