#include "tools/cbvctl/text_table.hpp"

#include <algorithm>

namespace cbv::ctl {
namespace {

// Characters, not octets.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char octet) {
    return (static_cast<unsigned char>(octet) & 0xc0U) != 0x80U;
  }));
}

std::string blanks(std::size_t width, const std::string& beside) {
  const std::size_t used = width_of(beside);
  return std::string(used < width ? width - used : 0, ' ');
}

std::string block(const text_rows& rows, const std::vector<std::size_t>& widths, std::size_t begin,
                  std::size_t end) {
  std::string made;
  for (const auto& row : rows) {
    std::string line = row.front() + blanks(widths.front(), row.front());
    for (std::size_t i = begin; i < end; ++i) line += ' ' + blanks(widths[i], row[i]) + row[i];
    line.erase(line.find_last_not_of(' ') + 1);
    made += line + '\n';
  }
  return made;
}

}  // namespace

std::string table_text(const text_rows& rows, std::size_t width) {
  if (rows.empty() || rows.front().empty()) return {};
  std::vector<std::size_t> widths(rows.front().size());
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < widths.size(); ++i)
      widths[i] = std::max(widths[i], width_of(row[i]));
  }
  std::string made;
  std::size_t begin = 1;
  do {
    std::size_t used = widths.front();
    std::size_t end = begin;
    while (end < widths.size() && (end == begin || used + 1 + widths[end] <= width))
      used += 1 + widths[end++];
    if (!made.empty()) made += '\n';
    made += block(rows, widths, begin, end);
    begin = end;
  } while (begin < widths.size());
  return made;
}

std::string list_text(const std::string& name, const std::vector<std::string>& pieces,
                      std::size_t indent, std::size_t width) {
  if (pieces.empty()) return {};
  const std::string margin(indent, ' ');
  std::string made;
  std::string line = name + blanks(indent, name);
  bool is_first = true;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    const std::string piece = pieces[i] + (i + 1 < pieces.size() ? "," : "");
    if (!is_first && width_of(line) + 1 + width_of(piece) > width) {
      made += line + '\n';
      line = margin;
      is_first = true;
    }
    line += (is_first ? "" : " ") + piece;
    is_first = false;
  }
  return made + line + '\n';
}

}  // namespace cbv::ctl
