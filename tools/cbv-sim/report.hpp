// What the simulated internet was asked, for people and for programs.
#ifndef CBV_TOOLS_CBV_SIM_REPORT_HPP
#define CBV_TOOLS_CBV_SIM_REPORT_HPP

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "cbv/base/clock.hpp"
#include "tools/cbv-sim/connection.hpp"
#include "tools/cbv-sim/dns_server.hpp"
#include "tools/cbv-sim/internet.hpp"

namespace cbv::sim {

enum class report_style { text, json };

struct report_options {
  report_style style = report_style::text;
  bool quiet = false;  // of events only faults are told
};

/// Turns events into lines, and counts questions. Lines have no line end and are printable.
class report {
 public:
  using line_sink = std::function<void(std::string_view line)>;

  /// `start` is what times are counted from.
  report(report_options options, time_point start, line_sink to);

  void ready(const net::endpoint& dns, std::uint16_t smtp_port);
  void asked(const dns_event& question, time_point now);
  void happened(const event& what);

  /// Questions, connections, and what came of them at each host that was dialled.
  void summary(const internet& net);

 private:
  void summary_text(const internet& net);
  void summary_json(const internet& net);

  report_options options_;
  time_point start_;
  line_sink to_;
  std::map<std::string, std::uint64_t> questions_by_code_;
  std::uint64_t questions_ = 0;
  std::uint64_t questions_tcp_ = 0;
};

}  // namespace cbv::sim

#endif
