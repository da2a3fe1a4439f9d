#include "cbv/smtp/transcript.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include "cbv/base/ascii.hpp"

namespace cbv::smtp {
namespace {

constexpr std::string_view left_out = " ...";

std::string_view mark_of(speaker who) {
  switch (who) {
    case speaker::client:
      return "C: ";
    case speaker::server:
      return "S: ";
    case speaker::note:
      return "-- ";
  }
  return "";
}

}  // namespace

void transcript::note(time_point at, std::string_view text) {
  in_line_ = false;
  begin(at, speaker::note);
  if (!full_) lines_.back().text = text.substr(0, limits_.line_octets_max);
  in_line_ = false;
}

void transcript::said(time_point at, speaker who, std::string_view bytes) {
  while (!bytes.empty() && !full_) {
    if (!in_line_ || lines_.back().who != who) begin(at, who);
    if (full_) return;
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    spoken_line& line = lines_.back();
    const std::size_t room = limits_.line_octets_max - line.text.size();
    line.text += piece.substr(0, room);
    line.cut = line.cut || piece.size() > room;
    in_line_ = end == std::string_view::npos;
    bytes.remove_prefix(in_line_ ? bytes.size() : end + 1);
    if (!in_line_ && line.text.ends_with('\r')) line.text.pop_back();
  }
}

void transcript::begin(time_point at, speaker who) {
  full_ = lines_.size() >= limits_.lines_max;
  if (full_) return;
  lines_.push_back(spoken_line{at, who, {}});
  in_line_ = true;
}

std::string to_string(const transcript& heard) {
  std::string text;
  for (const spoken_line& line : heard.lines()) {
    using seconds = std::chrono::duration<double>;
    const double since = seconds(line.at - heard.lines().front().at).count();
    std::array<char, 32> stamp{};
    const int octets = std::snprintf(stamp.data(), stamp.size(), "%8.3f ", since);
    text.append(stamp.data(), static_cast<std::size_t>(octets));
    text += mark_of(line.who);
    text += ascii::printable(line.text);
    if (line.cut) text += left_out;
    text += '\n';
  }
  if (heard.is_full()) text += "         -- the rest is left out\n";
  return text;
}

}  // namespace cbv::smtp
