#include "cache/file/inspection.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "cache/pages/tree_check.hpp"

namespace cbv::cache {
namespace {

constexpr std::string_view format_key = "format";
constexpr std::size_t tables_of_ours = 2;  // so many there have been always

/// Pages at the end that were free before they were ever written are not in the file; never so
/// many.
constexpr page_number unwritten_pages_max = 65536;

bool is_all_zero(std::string_view octets) noexcept {
  return std::all_of(octets.begin(), octets.end(), [](char one) { return one == '\0'; });
}

/// Page number 0, two octets of padding, the flag of a meta page: and nothing that contradicts it.
bool begins_as_meta(std::string_view octets) noexcept {
  static constexpr std::string_view head("\0\0\0\0\0\0\0\0\0\0\x08\0", 12);
  if (is_all_zero(octets)) return true;
  return octets.size() <= page_head_octets && head.starts_with(octets.substr(0, head.size()));
}

/// A meta page with its magic number at any place where LMDB may have put the second one.
bool has_second_meta(const page_reader& file, std::string& buffer) {
  for (std::size_t at = page_octets_min; at <= page_octets_max; at *= 2) {
    if (has_meta_magic(file.octets(at, meta_octets, buffer))) return true;
  }
  return false;
}

inspection& judged(inspection& all, data_state state, std::string detail) {
  all.state = state;
  all.detail = std::move(detail);
  return all;
}

/// Reads both meta pages; the newer stays. Empty: no fault.
std::string read_metas(inspection& all) {
  std::string buffer;
  meta_page first;
  meta_page second;
  page_fault wrong = read_meta(all.file.octets(0, meta_octets, buffer), 0, first);
  if (wrong.empty()) {
    const std::string_view page = all.file.octets(first.page_octets, meta_octets, buffer);
    wrong = read_meta(page, 1, second);
  }
  if (wrong.empty()) wrong = compare_metas(first, second);
  if (!wrong.empty()) return std::string(wrong);
  all.meta = second.transaction > first.transaction ? second : first;
  all.file.set_page_octets(all.meta.page_octets);
  const page_number there = all.file.file_octets() / all.meta.page_octets;
  if (all.meta.last_page > there + unwritten_pages_max) return "it is far shorter than it says";
  return {};
}

std::optional<std::uint32_t> number_in(std::string_view octets) noexcept {
  if (octets.size() != sizeof(std::uint32_t)) return std::nullopt;
  std::uint32_t number = 0;
  for (std::size_t i = octets.size(); i-- > 0;) {
    number = number << 8U | static_cast<unsigned char>(octets[i]);
  }
  return number;
}

/// Which tables it has, and whether they are ours.
inspection& look_into(inspection& all, const layout& wanted) {
  const tree_findings found = check_main_tree(all.file, all.meta);
  if (!found.fault.empty()) return judged(all, data_state::damaged, found.fault);
  for (const named_root& one : found.named) {
    for (const table each : wanted.of) {
      if (one.name == table_names[index_of(each)]) all.roots[index_of(each)] = one.root;
    }
  }
  // No table at all: it was made and nothing was ever committed to it.
  if (all.meta.main.root == no_page) return judged(all, data_state::missing, {});
  const auto known = std::count_if(all.roots.begin(), all.roots.end(),
                                   [](const auto& root) { return root.has_value(); });
  for (const table one : wanted.of.first(tables_of_ours)) {
    if (all.roots[index_of(one)]) continue;
    std::string lacks = std::string("it has no table \"") + table_names[index_of(one)] + "\"";
    const bool is_ours = known >= static_cast<std::ptrdiff_t>(tables_of_ours);
    return judged(all, is_ours ? data_state::damaged : data_state::not_ours, std::move(lacks));
  }

  path_check way(all.file, all.meta);
  const tree_root& words = *all.roots[index_of(table::meta)];
  if (std::string fault = way.fault_on_way(words, format_key); !fault.empty()) {
    return judged(all, data_state::damaged, std::move(fault));
  }
  const auto stored = way.value_under(words, format_key);
  const auto format = stored ? number_in(*stored) : std::nullopt;
  if (!format || *format == 0) {
    return judged(all, data_state::damaged, "it does not say which format it has");
  }
  all.format = *format;
  return judged(all, *format > wanted.format ? data_state::newer_format : data_state::ours, {});
}

}  // namespace

inspection inspect(const std::string& path, const layout& wanted) {
  inspection all;
  if (!all.file.open(path)) {
    if (errno == ENOENT) return all;
    all.code = errno;
    all.state = data_state::unreadable;
    return all;
  }
  if (!all.file.is_plain_file()) {
    judged(all, data_state::unreadable, "it is not a plain file");
    return all;
  }
  std::string buffer;
  const std::string_view begin = all.file.octets(0, meta_octets, buffer);
  if (begin.empty() && all.file.file_octets() == 0) return all;
  std::string second;
  if (!has_meta_magic(begin) && !begins_as_meta(begin) && !has_second_meta(all.file, second)) {
    judged(all, data_state::not_ours, "it is not an LMDB data file");
    return all;
  }
  if (std::string fault = read_metas(all); !fault.empty()) {
    judged(all, data_state::damaged, std::move(fault));
    return all;
  }
  look_into(all, wanted);
  return all;
}

}  // namespace cbv::cache
