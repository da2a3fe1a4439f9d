#include "tools/cbv-probe/printer.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "cbv/base/ascii.hpp"

namespace cbv::probe {
namespace {

constexpr std::size_t address_width_max = 40;
constexpr std::chrono::milliseconds bar_pause{100};

/// Of the terminal on standard error.
std::size_t terminal_width() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return 79;
  return size.ws_col - 1U;
}

}  // namespace

printer::printer(const options& asked, const std::vector<request>& requests, bool with_bar,
                 const clock& time)
    : format_(asked.format), time_(time), started_(time.now()) {
  sentences_ = asked.direct && asked.from.empty() && format_ == output_format::table;
  bar_ = with_bar && ::isatty(STDERR_FILENO) != 0;
  // https://no-color.org: any value but an empty one turns colours off.
  const char* no_colour = std::getenv("NO_COLOR");
  layout_.colour = ::isatty(STDOUT_FILENO) != 0 && (no_colour == nullptr || *no_colour == '\0');
  for (const request& one : requests) {
    layout_.address_width =
        std::max(layout_.address_width, std::min(one.address.size(), address_width_max));
  }
  so_far_.total = requests.size();
  draw_bar();
}

printer::~printer() {
  erase_bar();
}

void printer::dialogue(std::string_view address, std::string_view text) {
  if (!sentences_) return;
  write(ascii::printable(address) + '\n' + std::string(text));
}

void printer::add(const finding& found) {
  ++so_far_.done;
  std::string lines;
  if (!headed_ && format_ == output_format::csv) lines = csv_header() + "\r\n";
  if (!headed_ && format_ == output_format::table && !sentences_)
    lines = table_header(layout_) + '\n';
  headed_ = true;
  switch (format_) {
    case output_format::json:
      lines += found.json + '\n';
      break;
    case output_format::csv:
      lines += csv_row(found) + "\r\n";
      break;
    case output_format::table:
      lines += sentences_ ? ascii::printable(found.address) + ": " + sentence(found) + '\n'
                          : table_row(found, layout_) + '\n';
      break;
  }
  write(lines);
}

void printer::write(std::string_view text) {
  // Both may be the same terminal: the bar makes room for the line.
  if (layout_.colour) erase_bar();
  std::fwrite(text.data(), 1, text.size(), stdout);
  std::fflush(stdout);
  draw_bar();
}

void printer::draw_bar() {
  const time_point now = time_.now();
  if (!bar_ || (bar_shown_ && now - bar_drawn_ < bar_pause)) return;
  so_far_.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - started_);
  std::fprintf(stderr, "\r%s\x1b[K", progress_line(so_far_, terminal_width()).c_str());
  std::fflush(stderr);
  bar_shown_ = true;
  bar_drawn_ = now;
}

void printer::erase_bar() {
  if (!bar_shown_) return;
  std::fprintf(stderr, "\r\x1b[K");
  std::fflush(stderr);
  bar_shown_ = false;
}

}  // namespace cbv::probe
