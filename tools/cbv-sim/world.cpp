#include "tools/cbv-sim/world.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "cbv/base/ascii.hpp"
#include "tools/cbv-sim/reader.hpp"
#include "tools/cbv-sim/section_parsers.hpp"

namespace cbv::sim {
namespace {

// Reads one text into a world, line by line. `line_` is where it stands.
class world_parser {
 public:
  explicit world_parser(const world_options& options) : options_(options) {}

  world read(std::string_view text) {
    if (text.size() > world_octets_max) throw complaint("expected at most 64 MiB");
    for (const text_line& line : split_lines(text)) {
      line_ = line.number;
      line.indented ? read_inside(line) : read_heading(line);
    }
    finish_host();
    return std::move(world_);
  }

  std::size_t line() const noexcept { return line_; }

 private:
  void read_heading(const text_line& line) {
    finish_host();
    in_zone_ = false;
    const std::string_view word = line.raw.substr(0, line.raw.find_first_of(" \t"));
    if (word == "zone") {
      expect_words(line.fields(), 0, 0, "zone, and indented lines below it");
      in_zone_ = true;
    } else if (word == "host" || word == "hosts") {
      host_.emplace(line);
      heading_ = line.number;
    } else if (std::find(options_.other_words.begin(), options_.other_words.end(), word) !=
               options_.other_words.end()) {
      world_.others.push_back({line.number, std::string(line.raw)});
    } else {
      throw complaint("expected a section (zone, host, hosts) at the margin, not '" +
                      ascii::printable(word) + "'");
    }
  }

  void read_inside(const text_line& line) {
    if (in_zone_) {
      zone_.read_line(line);
    } else if (host_) {
      host_->read_line(line);
    } else {
      throw complaint("expected a section (zone, host, hosts) before an indented line");
    }
  }

  void finish_host() {
    if (!host_) return;
    const std::size_t here = std::exchange(line_, heading_);
    host done = host_->finish();
    host_.reset();
    check_place(done);
    if (!done.path.empty()) {
      world_.local_hosts.emplace(done.path, world_.hosts.size());
    } else if (!done.is_range) {
      world_.single_hosts.emplace(done.first, world_.hosts.size());
    }
    world_.hosts.push_back(std::move(done));
    line_ = here;
  }

  void check_place(const host& added) const {
    const auto refuse = [](const host& taken) {
      throw complaint("expected an address that is not taken: line " + std::to_string(taken.line) +
                      " has it");
    };
    if (!added.path.empty()) {
      if (const host* const twin = world_.host_at(added.path)) refuse(*twin);
      return;
    }
    if (const auto twin = world_.single_hosts.find(added.first);
        !added.is_range && twin != world_.single_hosts.end()) {
      refuse(world_.hosts[twin->second]);
    }
    for (const host& each : world_.hosts) {
      const bool both = added.is_range && each.is_range;
      if (both && (each.number_of(added.first) || added.number_of(each.first))) refuse(each);
    }
  }

  const world_options& options_;
  world world_;
  zone_parser zone_{world_.zone};
  bool in_zone_ = false;
  std::optional<host_parser> host_;
  std::size_t heading_ = 0;
  std::size_t line_ = 1;
};

}  // namespace

std::string to_string(const world_error& error) {
  return error.file + ":" + std::to_string(error.line) + ": " + error.what;
}

const host* world::host_at(const asio::ip::address& address) const {
  if (const auto single = single_hosts.find(address); single != single_hosts.end()) {
    return &hosts[single->second];
  }
  for (const host& each : hosts) {
    if (each.is_range && each.number_of(address)) return &each;
  }
  return nullptr;
}

const host* world::host_at(const std::string& path) const {
  const auto found = local_hosts.find(path);
  return found == local_hosts.end() ? nullptr : &hosts[found->second];
}

boost::system::result<world, world_error> parse_world(std::string_view text, std::string file_name,
                                                      const world_options& options) {
  world_parser parser(options);
  try {
    return parser.read(text);
  } catch (const complaint& problem) {
    return world_error{std::move(file_name), parser.line(), problem.what()};
  }
}

}  // namespace cbv::sim
