// Findings on standard output as they finish, and the progress bar on a terminal.
#ifndef CBV_TOOLS_CBV_PROBE_PRINTER_HPP
#define CBV_TOOLS_CBV_PROBE_PRINTER_HPP

#include <cstddef>
#include <string_view>

#include "cbv/base/clock.hpp"
#include "tools/cbv-probe/finding.hpp"
#include "tools/cbv-probe/input.hpp"
#include "tools/cbv-probe/options.hpp"
#include "tools/cbv-probe/render.hpp"

namespace cbv::probe {

/// Every line is flushed when it is written, so that an interrupted run keeps what is done.
class printer {
 public:
  /// `with_bar`: show the bar if standard error is a terminal. `time` outlives the printer.
  printer(const options& asked, const std::vector<request>& requests, bool with_bar,
          const clock& time);

  /// Takes the bar away.
  ~printer();
  printer(const printer&) = delete;
  printer& operator=(const printer&) = delete;

  void dialogue(std::string_view address, std::string_view text);
  void add(const finding& found);

  std::size_t done() const noexcept { return so_far_.done; }

 private:
  void write(std::string_view text);
  void draw_bar();
  void erase_bar();

  output_format format_;
  table_layout layout_;
  bool sentences_ = false;  // dialogues are shown: no table around them
  bool headed_ = false;
  bool bar_ = false;
  bool bar_shown_ = false;
  const clock& time_;
  time_point started_;
  time_point bar_drawn_{};
  progress so_far_;
};

}  // namespace cbv::probe

#endif
