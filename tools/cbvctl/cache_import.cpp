// cbvctl cache import: lines of an export, checked one by one and sent in batches.
#include <sys/stat.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <future>
#include <iostream>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

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
constexpr std::size_t batch_octets_max = 64'000;

/// Requests that are sent at once; the disk is waited for behind the last of them.
constexpr std::size_t window_batches = 16;

constexpr const char* overwrite = R"(,"overwrite":true)";

/// Lines in one request.
struct batch {
  std::string params;
  std::uint64_t last_line = 0;
};

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
    end_batch(number_ - (good ? 0 : 1));
    send();
    settle();
    tell(good);
    return refused_ == 0 ? 0 : exit_data;
  }

 private:
  /// False: the line is wrong.
  bool take(const std::string& line) {
    if (ascii::trim(line).empty()) return true;
    const auto read = api::read_line(line);
    if (const auto* why = std::get_if<std::string>(&read)) return complain(*why);
    const std::string quoted = api::json_quoted(line + '\n');
    if (quoted.size() > batch_octets_max) return complain("longer than any record");
    if (lines_.size() + quoted.size() > batch_octets_max) {
      end_batch(number_ - 1);
      if (window_.size() == window_batches || is_idle()) send();
    }
    lines_.append(quoted, 1, quoted.size() - 2);
    return true;
  }

  bool complain(const std::string& why) {
    ++refused_;
    std::fprintf(stderr, "cbvctl: %s:%llu: %s\n", name_.c_str(), count(number_), why.c_str());
    return false;
  }

  void end_batch(std::uint64_t last_line) {
    if (lines_.empty()) return;
    window_.push_back(
        {R"({"lines":")" + lines_ + '"' + (asked_.overwrite ? overwrite : ""), last_line});
    lines_.clear();
  }

  /// Lines that come slowly do not wait for a whole window.
  bool is_idle() const {
    return !under_way_.valid() ||
           under_way_.wait_for(std::chrono::seconds{0}) == std::future_status::ready;
  }

  /// While they are on their way, more lines are read.
  void send() {
    settle();
    if (window_.empty()) return;
    std::vector<std::string> all;
    for (batch& one : window_) {
      const bool is_last = &one == &window_.back();
      all.push_back(std::move(one.params) + (is_last ? "}" : R"(,"flush":false})"));
    }
    sent_ = std::exchange(window_, {});
    under_way_ = std::async(std::launch::async, [this, all = std::move(all)] {
      return to_.ask_all("cache_import", all, true);
    });
  }

  /// Waits for those on their way. Nothing of a window counts as done before its last batch: only
  /// then the disk has it all.
  void settle() {
    if (!under_way_.valid()) return;
    std::vector<std::string> results;
    try {
      results = under_way_.get();
    } catch (const stopped& why) {
      const std::string next = std::to_string(done_ + 1);
      throw stopped(why.status(), std::string(why.what()) + "; all lines before line " + next +
                                      " are in: go on with --from-line " + next);
    }
    for (std::size_t i = 0; i < results.size(); ++i) {
      const auto did = json::parse(results[i]);
      written_ += did.at("written").get<std::uint64_t>();
      same_ += did.at("same").get<std::uint64_t>();
      newer_kept_ += did.at("newer_kept").get<std::uint64_t>();
      for (const auto& wrong : did.at("complaints")) {
        // It was good for us: the daemon is of another version.
        ++refused_;
        std::fprintf(stderr, "cbvctl: %s: a line behind line %llu: %s\n", name_.c_str(),
                     count(done_), wrong.value("why", "").c_str());
      }
      done_ = sent_[i].last_line;
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
  std::string lines_;          // of the next batch, as inside a JSON string
  std::vector<batch> window_;  // to be sent
  std::vector<batch> sent_;
  std::uint64_t number_ = 0;  // of the line
  std::uint64_t done_ = 0;    // up to this one they are in
  std::uint64_t written_ = 0;
  std::uint64_t same_ = 0;
  std::uint64_t newer_kept_ = 0;
  std::uint64_t refused_ = 0;
  std::future<std::vector<std::string>> under_way_;  // waits at its end, so it is the last
};

}  // namespace

int import_lines(const cache_options& asked, link& to) {
  return importer(asked, to).run();
}

}  // namespace cbv::ctl
