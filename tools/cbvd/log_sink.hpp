// Where the daemon's log goes.
#ifndef CBV_TOOLS_CBVD_LOG_SINK_HPP
#define CBV_TOOLS_CBVD_LOG_SINK_HPP

#include "cbv/base/log.hpp"

namespace cbv::cbvd {

enum class log_target { standard_error, syslog };

struct log_options {
  severity least = severity::info;
  log_target target = log_target::standard_error;
};

/// A logger that writes with spdlog: lines with time and severity to standard error, or to
/// syslog(3) as facility mail. Usable from all threads.
logger make_logger(const log_options& options);

}  // namespace cbv::cbvd

#endif
