#include "cbv/base/log.hpp"

#include <algorithm>

#include "cbv/base/ascii.hpp"

namespace cbv {
namespace {

bool is_plain(std::string_view value) {
  return !value.empty() && std::all_of(value.begin(), value.end(), [](char c) {
    return c > ' ' && c < 0x7f && c != '"' && c != '\\';
  });
}

}  // namespace

std::string_view to_string(severity level) noexcept {
  switch (level) {
    case severity::debug:
      return "debug";
    case severity::info:
      return "info";
    case severity::notice:
      return "notice";
    case severity::warning:
      return "warning";
    case severity::error:
      return "error";
  }
  return "error";
}

void logger::write(severity level, std::string_view event,
                   std::initializer_list<log_field> fields) const {
  if (!enabled(level)) return;
  std::string line(event);
  for (const log_field& field : fields) {
    line += ' ';
    line += field.key;
    line += '=';
    if (is_plain(field.value)) {
      line += field.value;
      continue;
    }
    line += '"';
    for (const char c : ascii::printable(field.value)) {
      if (c == '"') line += '\\';
      line += c;
    }
    line += '"';
  }
  sink_(level, line);
}

}  // namespace cbv
