// cbvctl cache export: all tables as JSON lines, in the order of their keys.
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <variant>

#include "api/cache_call.hpp"
#include "api/cache_line.hpp"
#include "api/json_pieces.hpp"
#include "api/json_writer.hpp"
#include "tools/cbvctl/cache_commands.hpp"
#include "tools/cbvctl/exit_status.hpp"
#include "tools/cbvctl/progress.hpp"

namespace cbv::ctl {
namespace {

using nlohmann::ordered_json;

constexpr std::array tables{cache::table::verdicts, cache::table::domains, cache::table::bookings,
                            cache::table::hosts};

struct file_closer {
  void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
using file_owner = std::unique_ptr<std::FILE, file_closer>;

[[noreturn]] void stop_at(const std::string& path) {
  throw stopped(exit_io, path + ": " + std::strerror(errno));
}

/// A file that is begun, or gone on with: then the place behind its last whole line.
struct destination {
  std::string path;
  file_owner owned;
  std::FILE* file = stdout;
  api::cache_place from;
  std::uint64_t records = 0;
};

/// Reads the file to its last whole line, and cuts off what is behind it.
void find_end(destination& to) {
  std::string line;
  std::string last;
  long whole = 0;
  long at = 0;
  for (int c = std::fgetc(to.file); c != EOF; c = std::fgetc(to.file)) {
    ++at;
    if (c != '\n') {
      line += static_cast<char>(c);
      continue;
    }
    last.swap(line);
    line.clear();
    whole = at;
    ++to.records;
  }
  if (std::ferror(to.file) != 0 || ::ftruncate(::fileno(to.file), whole) != 0 ||
      std::fseek(to.file, whole, SEEK_SET) != 0) {
    stop_at(to.path);
  }
  if (last.empty()) return;
  const auto read = api::read_line(last);
  if (const auto* why = std::get_if<std::string>(&read)) {
    throw stopped(exit_data, to.path + ": line " + std::to_string(to.records) + ": " + *why +
                                 ": this is no export to go on with");
  }
  const auto& record = std::get<api::cache_record>(read);
  to.from = {record.of, record.key + '\0'};
}

destination open(const cache_options& asked) {
  destination to;
  to.path = asked.file.empty() || asked.file == "-" ? "standard output" : asked.file;
  if (to.path == "standard output") {
    if (asked.resume) throw stopped(exit_usage, "--resume: only with --output FILE");
    return to;
  }
  // A new one is for the owner only: mail addresses are personal data.
  const mode_t before = ::umask(077);
  to.owned.reset(std::fopen(asked.file.c_str(), asked.resume ? "r+e" : "wxe"));
  if (to.owned == nullptr && asked.resume && errno == ENOENT) {
    to.owned.reset(std::fopen(asked.file.c_str(), "wxe"));
  }
  ::umask(before);
  if (to.owned == nullptr && errno == EEXIST) {
    throw stopped(exit_cannot_create, asked.file +
                                          " is there already: go on with it by --resume, "
                                          "or give another name");
  }
  if (to.owned == nullptr) {
    throw stopped(exit_cannot_create, asked.file + ": " + std::strerror(errno));
  }
  to.file = to.owned.get();
  if (asked.resume) find_end(to);
  return to;
}

std::uint64_t total_of(link& from) {
  const auto stats = ordered_json::parse(from.ask("cache_stats", "{}", true));
  std::uint64_t total = 0;
  for (const auto which : tables) {
    total += stats.value(cache::table_names[cache::index_of(which)], std::uint64_t{0});
  }
  return total;
}

std::string params_of(const api::cache_place& from) {
  std::string params;
  api::json_writer out(params);
  out.begin_object();
  out.key("table");
  out.text(cache::table_names[cache::index_of(from.in)]);
  out.key("limit");
  out.number(api::cache_call::limit_max);
  if (!from.key.empty()) {
    out.key("cursor");
    out.text(api::cursor_of(from));
  }
  out.end_object();
  return params;
}

/// While one page is written, the next is read.
std::future<std::string> ask_for_page(link& from, const api::cache_place& place) {
  return std::async(std::launch::async, [&from, params = params_of(place)] {
    return from.ask("cache_list", params, true);
  });
}

/// As the daemon wrote them.
void write_records(std::string_view page, destination& to) {
  for (const std::string_view record : api::items_of(api::member_of(page, "records"))) {
    const bool done = std::fwrite(record.data(), 1, record.size(), to.file) == record.size() &&
                      std::fputc('\n', to.file) != EOF;
    if (!done) stop_at(to.path);
    ++to.records;
  }
}

}  // namespace

int export_lines(const cache_options& asked, link& from) {
  destination to = open(asked);
  progress bar;
  const std::uint64_t total = total_of(from);
  std::uint64_t damaged = 0;
  for (const cache::table which : tables) {
    if (which < to.from.in) continue;
    api::cache_place place = which == to.from.in ? to.from : api::cache_place{which, {}};
    auto coming = ask_for_page(from, place);
    while (coming.valid()) {
      const std::string page = coming.get();
      const auto next = ordered_json::parse(api::member_of(page, "next"));
      if (!next.is_null()) {
        place = *api::place_of_cursor(next.get<std::string>());
        coming = ask_for_page(from, place);
      }
      write_records(page, to);
      damaged += ordered_json::parse(api::member_of(page, "damaged")).get<std::uint64_t>();
      bar.show(to.records, total, to.records);
    }
  }
  if (std::fflush(to.file) != 0) stop_at(to.path);
  if (to.owned != nullptr && ::fsync(::fileno(to.file)) != 0) stop_at(to.path);
  if (damaged == 0) return 0;
  std::fprintf(stderr, "cbvctl: %llu damaged records were left out: cbvctl cache verify\n",
               static_cast<unsigned long long>(damaged));
  return exit_ill;
}

}  // namespace cbv::ctl
