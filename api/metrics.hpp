// What is counted, for Prometheus: its text format 0.0.4.
#ifndef CBV_API_METRICS_HPP
#define CBV_API_METRICS_HPP

#include <string>
#include <string_view>

#include "api/health_facts.hpp"
#include "cbv/counting/counters.hpp"

namespace cbv::api {

inline constexpr std::string_view metrics_type = "text/plain; version=0.0.4; charset=utf-8";

/// Each metric with its HELP and TYPE. All of them are always there, zero or not. Pure.
std::string render_metrics(const counters& counted, const health_facts& facts);

}  // namespace cbv::api

#endif
