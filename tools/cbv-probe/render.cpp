#include "tools/cbv-probe/render.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "cbv/base/ascii.hpp"
#include "cbv/base/utf8.hpp"

namespace cbv::probe {
namespace {

constexpr std::size_t status_width = 13;
constexpr std::size_t reason_width = 19;
constexpr std::size_t source_width = 8;
constexpr std::size_t elapsed_width = 6;
constexpr std::size_t host_width = 24;

/// Characters, not octets, so that columns stand straight under UTF-8.
std::size_t characters(std::string_view text) {
  std::size_t count = 0;
  while (!text.empty()) {
    text.remove_prefix(std::max<std::size_t>(1, utf8::character_length(text)));
    ++count;
  }
  return count;
}

std::string padding(std::string_view text, std::size_t width) {
  const std::size_t length = characters(text);
  return std::string(length < width ? width - length : 0, ' ');
}

std::string left(std::string_view text, std::size_t width) {
  return std::string(text) + padding(text, width) + ' ';
}

std::string right(std::string_view text, std::size_t width) {
  return padding(text, width) + std::string(text) + ' ';
}

std::string_view colour_of(status judged) {
  switch (judged) {
    case status::deliverable:
      return "\x1b[32m";
    case status::undeliverable:
      return "\x1b[31m";
    case status::unknown:
      break;
  }
  return "\x1b[33m";
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of("\",\r\n") == std::string_view::npos) return std::string(text);
  std::string field = "\"";
  for (const char c : text) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + '"';
}

std::string minutes(std::chrono::seconds time) {
  const auto seconds = std::to_string(time.count() % 60);
  return std::to_string(time.count() / 60) + (seconds.size() < 2 ? ":0" : ":") + seconds;
}

}  // namespace

std::string table_header(const table_layout& layout) {
  return left("ADDRESS", layout.address_width) + left("STATUS", status_width) +
         left("REASON", reason_width) + left("FROM", source_width) + right("MS", elapsed_width) +
         left("HOST", host_width) + "REPLY";
}

std::string table_row(const finding& found, const table_layout& layout) {
  std::string judged = left(to_string(found.status), status_width);
  if (layout.colour) judged = std::string(colour_of(found.status)) + judged + "\x1b[0m";
  // An address that is refused for its syntax may hold anything.
  return left(ascii::printable(found.address), layout.address_width) + judged +
         left(found.reason, reason_width) + left(found.source, source_width) +
         right(std::to_string(found.elapsed_ms), elapsed_width) +
         left(found.host.empty() ? "-" : found.host, host_width) +
         (found.reply.empty() ? "-" : found.reply);
}

std::string sentence(const finding& found) {
  std::string text(to_string(found.status));
  text += " (" + found.reason + ')';
  if (!found.host.empty()) text += " says " + found.host;
  if (!found.host_ip.empty()) text += " [" + found.host_ip + ']';
  text += " after " + std::to_string(found.elapsed_ms) + " ms";
  if (!found.tls.empty()) text += " (" + found.tls + ')';
  return found.reply.empty() ? text : text + ": " + found.reply;
}

std::string csv_header() {
  return "address,role,status,reason,stage,source,host,host_ip,reply,elapsed_ms,tls";
}

std::string csv_row(const finding& found) {
  const std::array<std::string_view, 9> texts{
      found.address, to_string(found.role), to_string(found.status),
      found.reason,  found.stage,           found.source,
      found.host,    found.host_ip,         found.reply};
  std::string row;
  for (const std::string_view text : texts) row += csv_field(text) + ',';
  return row + std::to_string(found.elapsed_ms) + ',' + csv_field(found.tls);
}

std::string progress_line(const progress& so_far, std::size_t width) {
  constexpr std::size_t bar_width = 20;
  const std::size_t total = std::max<std::size_t>(1, so_far.total);
  const std::size_t done = std::min(so_far.done, total);
  const std::string count = std::to_string(so_far.total);
  std::string line = ' ' + right(std::to_string(so_far.done), count.size());
  line.back() = '/';
  line += count + " [" + std::string(bar_width * done / total, '#') +
          std::string(bar_width - bar_width * done / total, '.') + "] ";
  line += right(std::to_string(100 * done / total), 3) + "%";
  if (so_far.elapsed.count() > 0 && done > 0) {
    const double rate =
        1000.0 * static_cast<double>(done) / static_cast<double>(so_far.elapsed.count());
    const auto left_over = std::lround(static_cast<double>(total - done) / rate);
    line += "  " + std::to_string(std::lround(rate)) + "/s  " +
            minutes(std::chrono::seconds(left_over)) + " left";
  }
  return line.substr(0, width);
}

}  // namespace cbv::probe
