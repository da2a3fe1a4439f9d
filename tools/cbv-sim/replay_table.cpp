#include "tools/cbv-sim/replay_table.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>
#include <utility>

#include "cbv/base/ascii.hpp"

namespace cbv::sim {
namespace {

constexpr std::string_view blanks = " \t\r";
constexpr std::string_view month_column = "month";

struct table_line {
  std::size_t number = 0;
  std::vector<std::string_view> words;
};

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  std::size_t begin = text.find_first_not_of(blanks);
  while (begin != std::string_view::npos) {
    const std::size_t end = std::min(text.find_first_of(blanks, begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = text.find_first_not_of(blanks, end);
  }
  return words;
}

// Those with something on them.
std::vector<table_line> lines_of(std::string_view text) {
  std::vector<table_line> lines;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    auto words = words_of(text.substr(0, end));
    if (!words.empty() && !words[0].starts_with('#')) lines.push_back({number, std::move(words)});
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string shown(std::string_view text) {
  return "'" + ascii::printable(text.substr(0, 60)) + "'";
}

bool is_month(std::string_view text) {
  if (text.size() != 7 || text[4] != '-') return false;
  for (const std::size_t i : {0U, 1U, 2U, 3U, 5U, 6U}) {
    if (!ascii::is_digit(text[i])) return false;
  }
  const int month = (text[5] - '0') * 10 + (text[6] - '0');
  return month >= 1 && month <= 12;
}

std::optional<std::uint64_t> number_of(std::string_view text) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || number > replay_cell_max) return std::nullopt;
  return number;
}

std::optional<table_error> trouble_with_header(const table_line& header) {
  const auto& words = header.words;
  for (auto word = words.begin(); word != words.end(); ++word) {
    const bool is_known =
        *word == month_column ||
        std::any_of(replay_columns.begin(), replay_columns.end(),
                    [&](const replay_column& each) { return each.name == *word; });
    if (!is_known) return table_error{header.number, "", shown(*word) + " is no column of a table"};
    if (std::find(words.begin(), word, *word) != word) {
      return table_error{header.number, std::string(*word), "expected this column once"};
    }
  }
  const auto is_missing = [&](std::string_view name) {
    return std::find(words.begin(), words.end(), name) == words.end();
  };
  if (is_missing(month_column)) return table_error{header.number, "", "expected a column month"};
  for (const replay_column& each : replay_columns) {
    if (is_missing(each.name)) {
      return table_error{header.number, "", "expected a column " + std::string(each.name)};
    }
  }
  return std::nullopt;
}

std::optional<table_error> read_cell(std::string_view column, std::string_view text,
                                     replay_month& into) {
  if (column == month_column) {
    into.month = text;
    if (is_month(text)) return std::nullopt;
    return table_error{into.line, std::string(column),
                       "expected a month such as 2003-12, not " + shown(text)};
  }
  for (const replay_column& each : replay_columns) {
    if (each.name != column) continue;
    const auto number = number_of(text);
    if (!number) {
      return table_error{into.line, std::string(column),
                         "expected a number of at most " + std::to_string(replay_cell_max) +
                             ", not " + shown(text)};
    }
    into.*each.cell = *number;
  }
  return std::nullopt;
}

}  // namespace

std::string to_string(const table_error& error, std::string_view file) {
  std::string text = std::string(file) + ':' + std::to_string(error.line) + ": ";
  if (!error.column.empty()) text += error.column + ": ";
  return text + error.what;
}

boost::system::result<std::vector<replay_month>, table_error> parse_replay_table(
    std::string_view text) {
  const std::vector<table_line> lines = lines_of(text);
  if (lines.empty()) return table_error{1, "", "expected a line with the names of the columns"};
  const table_line& header = lines.front();
  if (auto wrong = trouble_with_header(header)) return *std::move(wrong);
  if (lines.size() == 1) return table_error{header.number, "", "expected a month below this line"};

  std::vector<replay_month> months;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const table_line& line = lines[i];
    if (months.size() == replay_months_max) {
      return table_error{line.number, "",
                         "expected at most " + std::to_string(replay_months_max) + " months"};
    }
    if (line.words.size() != header.words.size()) {
      return table_error{line.number, "",
                         "expected " + std::to_string(header.words.size()) + " cells, not " +
                             std::to_string(line.words.size())};
    }
    replay_month read;
    read.line = line.number;
    for (std::size_t cell = 0; cell < line.words.size(); ++cell) {
      auto wrong = read_cell(header.words[cell], line.words[cell], read);
      if (wrong) return *std::move(wrong);
    }
    for (const replay_month& other : months) {
      if (other.month != read.month) continue;
      return table_error{
          read.line, std::string(month_column),
          "expected each month once: line " + std::to_string(other.line) + " has this one"};
    }
    months.push_back(std::move(read));
  }
  return months;
}

}  // namespace cbv::sim
