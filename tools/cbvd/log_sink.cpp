#include "tools/cbvd/log_sink.hpp"

#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/sinks/syslog_sink.h>

#include <memory>
#include <string_view>

namespace cbv::cbvd {
namespace {

spdlog::level::level_enum level_of(severity level) {
  switch (level) {
    case severity::debug:
      return spdlog::level::debug;
    case severity::info:
    case severity::notice:  // spdlog has none
      return spdlog::level::info;
    case severity::warning:
      return spdlog::level::warn;
    case severity::error:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::shared_ptr<spdlog::sinks::sink> make_sink(log_target target) {
  if (target == log_target::syslog) {
    auto sink = std::make_shared<spdlog::sinks::syslog_sink_mt>("cbvd", LOG_PID, LOG_MAIL, true);
    sink->set_pattern("%v");
    return sink;
  }
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  sink->set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %v");
  return sink;
}

}  // namespace

logger make_logger(const log_options& options) {
  // Not one of spdlog's registered loggers: those are globals. The function object below shares it
  // with its copies.
  const auto out = std::make_shared<spdlog::logger>("cbvd", make_sink(options.target));
  out->set_level(spdlog::level::trace);
  out->flush_on(spdlog::level::trace);
  const bool name_severity = options.target == log_target::standard_error;
  return logger(options.least, [out, name_severity](severity level, std::string_view line) {
    if (name_severity) {
      out->log(level_of(level), "{} {}", to_string(level), line);
    } else {
      out->log(level_of(level), "{}", line);
    }
  });
}

}  // namespace cbv::cbvd
