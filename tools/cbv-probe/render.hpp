// Findings as text: a table for people, CSV for spreadsheets, and the progress bar. Pure.
#ifndef CBV_TOOLS_CBV_PROBE_RENDER_HPP
#define CBV_TOOLS_CBV_PROBE_RENDER_HPP

#include <chrono>
#include <cstddef>
#include <string>

#include "tools/cbv-probe/finding.hpp"

namespace cbv::probe {

/// How wide the table's columns are, in characters; a longer text is never cut but pushes its row
/// to the right.
struct table_layout {
  std::size_t address_width = 28;
  bool colour = false;  // the status in green, red or yellow (ECMA-48)
};

/// Lines without a line end.
std::string table_header(const table_layout& layout);
std::string table_row(const finding& found, const table_layout& layout);

/// A finding in a sentence, behind its dialogue: "undeliverable (mailbox_not_found) says
/// mx1.example.net [192.0.2.1] after 84 ms: 550 5.1.1 no such user".
std::string sentence(const finding& found);

/// RFC 4180, every field quoted where it needs to be.
std::string csv_header();
std::string csv_row(const finding& found);

/// What has been done so far.
struct progress {
  std::size_t done = 0;
  std::size_t total = 0;
  std::chrono::milliseconds elapsed{};
};

/// "  1200/10000 [###.......]  12 %  340/s  0:26 left", at most `width` characters.
std::string progress_line(const progress& so_far, std::size_t width);

}  // namespace cbv::probe

#endif
