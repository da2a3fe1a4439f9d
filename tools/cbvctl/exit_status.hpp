// How cbvctl ends (sysexits.h), and what is thrown to end it.
#ifndef CBV_TOOLS_CBVCTL_EXIT_STATUS_HPP
#define CBV_TOOLS_CBVCTL_EXIT_STATUS_HPP

#include <stdexcept>
#include <string>

namespace cbv::ctl {

inline constexpr int exit_ill = 1;  // or nothing is known, or something is damaged
inline constexpr int exit_usage = 64;
inline constexpr int exit_data = 65;
inline constexpr int exit_no_input = 66;
inline constexpr int exit_no_daemon = 69;
inline constexpr int exit_software = 70;
inline constexpr int exit_cannot_create = 73;
inline constexpr int exit_io = 74;
inline constexpr int exit_in_use = 75;
inline constexpr int exit_config = 78;

/// It ends here, with a sentence for the administrator.
class stopped : public std::runtime_error {
 public:
  stopped(int status, const std::string& why) : std::runtime_error(why), status_(status) {}
  int status() const noexcept { return status_; }

 private:
  int status_;
};

}  // namespace cbv::ctl

#endif
