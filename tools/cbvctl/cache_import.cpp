// cbvctl cache import: lines of an export, checked one by one and sent in batches.
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>

#include "api/cache_line.hpp"
#include "api/json_writer.hpp"
#include "cbv/base/ascii.hpp"
#include "tools/cbvctl/cache_commands.hpp"
#include "tools/cbvctl/exit_status.hpp"
#include "tools/cbvctl/progress.hpp"

namespace cbv::ctl {
namespace {

using nlohmann::json;

/// So that a request with these as one JSON string is below 64 KiB.
constexpr std::size_t batch_octets_max = 60'000;

std::string as_json(const std::string& text) {
  std::string out;
  api::json_writer(out).text(text);
  return out;
}

struct source {
  std::string name = "standard input";
  std::ifstream file;
  std::istream* lines = &std::cin;
  std::uint64_t octets = 0;  // in all; 0: not known
};

void open(const std::string& path, source& from) {
  if (path.empty() || path == "-") return;
  from.name = path;
  from.file.open(path, std::ios::binary);
  struct stat about {};
  if (!from.file || ::stat(path.c_str(), &about) != 0) {
    throw stopped(exit_no_input, path + ": " + std::strerror(errno));
  }
  if (S_ISDIR(about.st_mode)) throw stopped(exit_no_input, path + ": this is a directory");
  if (S_ISREG(about.st_mode)) from.octets = static_cast<std::uint64_t>(about.st_size);
  from.lines = &from.file;
}

class importer {
 public:
  importer(const cache_options& asked, link& to) : asked_(asked), to_(to) {}

  int run() {
    source from;
    open(asked_.file, from);
    name_ = from.name;
    std::uint64_t octets = 0;
    bool good = true;
    for (std::string line; good && std::getline(*from.lines, line);) {
      octets += line.size() + 1;
      ++number_;
      if (number_ < asked_.from_line) continue;
      good = take(line) || asked_.keep_going;
      bar_.show(octets, from.octets, written_ + same_ + newer_kept_);
    }
    if (from.lines->bad()) throw stopped(exit_io, name_ + ": cannot be read");
    send();
    tell(good);
    return refused_ == 0 ? 0 : exit_data;
  }

 private:
  /// False: the line is wrong.
  bool take(const std::string& line) {
    if (ascii::trim(line).empty()) return true;
    const auto read = api::read_line(line);
    if (const auto* why = std::get_if<std::string>(&read)) return complain(*why);
    const std::string quoted = as_json(line + '\n');
    if (quoted.size() > batch_octets_max) return complain("longer than any record");
    if (batch_octets_ + quoted.size() > batch_octets_max) send();
    batch_ += line + '\n';
    batch_octets_ += quoted.size();
    return true;
  }

  bool complain(const std::string& why) {
    ++refused_;
    std::fprintf(stderr, "cbvctl: %s:%llu: %s\n", name_.c_str(), count(number_), why.c_str());
    return false;
  }

  void send() {
    if (batch_.empty()) return;
    const std::string params =
        R"({"lines":)" + as_json(batch_) + (asked_.overwrite ? R"(,"overwrite":true})" : "}");
    const auto done = json::parse(ask(params));
    written_ += done.at("written").get<std::uint64_t>();
    same_ += done.at("same").get<std::uint64_t>();
    newer_kept_ += done.at("newer_kept").get<std::uint64_t>();
    for (const auto& wrong : done.at("complaints")) {
      // It was good for us: the daemon is of another version.
      ++refused_;
      std::fprintf(stderr, "cbvctl: %s: a line behind line %llu: %s\n", name_.c_str(), count(sent_),
                   wrong.value("why", "").c_str());
    }
    batch_.clear();
    batch_octets_ = 0;
    sent_ = number_ - 1;
  }

  std::string ask(const std::string& params) {
    try {
      return to_.ask("cache_import", params, true);
    } catch (const stopped& why) {
      throw stopped(why.status(), std::string(why.what()) + "; all lines before line " +
                                      std::to_string(sent_ + 1) +
                                      " are in: go on with --from-line " +
                                      std::to_string(sent_ + 1));
    }
  }

  void tell(bool good) const {
    const std::string ended =
        good ? std::string() : "; stopped there: mend the line, or give --keep-going";
    if (asked_.json) {
      std::printf(R"({"written":%llu,"same":%llu,"newer_kept":%llu,"refused":%llu})"
                  "\n",
                  count(written_), count(same_), count(newer_kept_), count(refused_));
    } else {
      std::printf(
          "%llu written, %llu as they were, %llu kept because they are newer, %llu wrong%s\n",
          count(written_), count(same_), count(newer_kept_), count(refused_), ended.c_str());
    }
  }

  static unsigned long long count(std::uint64_t number) { return number; }

  const cache_options& asked_;
  link& to_;
  progress bar_;
  std::string name_;
  std::string batch_;
  std::size_t batch_octets_ = 0;
  std::uint64_t number_ = 0;  // of the line
  std::uint64_t sent_ = 0;    // up to this one they are in
  std::uint64_t written_ = 0;
  std::uint64_t same_ = 0;
  std::uint64_t newer_kept_ = 0;
  std::uint64_t refused_ = 0;
};

}  // namespace

int import_lines(const cache_options& asked, link& to) {
  return importer(asked, to).run();
}

}  // namespace cbv::ctl
