#include "tests/power/disk.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace cbv::power {
namespace {

constexpr std::size_t sector_octets = 512;
constexpr std::size_t singles_max = 12;  // changes that are left out, or kept, one by one
constexpr int random_parts = 4;

template <class Item>
std::vector<Item> part_of(const std::vector<Item>& all, std::mt19937_64& random) {
  // Nearly nothing, half, or nearly all.
  const auto kept_in_eight = std::uniform_int_distribution<int>(1, 7)(random);
  std::vector<Item> kept;
  for (const Item& one : all) {
    if (std::uniform_int_distribution<int>(0, 7)(random) < kept_in_eight) kept.push_back(one);
  }
  return kept;
}

}  // namespace

void disk::carry_out(const change& one, std::string& content) {
  if (one.is_length) {
    content.resize(one.offset);
    return;
  }
  content.resize(std::max(content.size(), one.offset + one.octets.size()));
  content.replace(one.offset, one.octets.size(), one.octets);
}

void disk::sync(std::size_t file) {
  const auto later = std::stable_partition(pending_.begin(), pending_.end(),
                                           [&](const change& one) { return one.file == file; });
  for (auto one = pending_.begin(); one != later; ++one) carry_out(*one, contents_[file]);
  pending_.erase(pending_.begin(), later);
}

void disk::apply(const event& call) {
  using kind = event::kind;
  switch (call.what) {
    case kind::create:
      contents_.resize(std::max(contents_.size(), call.file + 1));
      pending_names_.push_back(call);
      break;
    case kind::write:
      if (call.lasts) {
        carry_out({call.file, false, call.offset, call.octets}, contents_[call.file]);
      } else {
        pending_.push_back({call.file, false, call.offset, call.octets});
      }
      break;
    case kind::truncate:
      pending_.push_back({call.file, true, call.offset, {}});
      break;
    case kind::sync:
      sync(call.file);
      break;
    case kind::rename:
    case kind::remove:
      pending_names_.push_back(call);
      break;
    case kind::sync_directory:
      names_ = names_after(pending_names_.size());
      pending_names_.clear();
      break;
    case kind::mark:
      break;
  }
}

bool disk::may_lose_at(const event& call) const {
  using kind = event::kind;
  return call.what == kind::sync || call.what == kind::sync_directory || call.lasts;
}

std::map<std::string, std::size_t> disk::names_after(std::size_t changes_kept) const {
  auto names = names_;
  for (std::size_t i = 0; i < changes_kept; ++i) {
    const event& one = pending_names_[i];
    if (one.what == event::kind::create) {
      names[one.name] = one.file;
    } else if (one.what == event::kind::remove) {
      names.erase(one.name);
    } else {
      names[one.new_name] = names.at(one.name);
      names.erase(one.name);
    }
  }
  return names;
}

folder_image disk::image(const changes& kept, std::size_t names_kept) const {
  auto contents = contents_;
  for (const change& one : kept) carry_out(one, contents[one.file]);
  folder_image found;
  for (const auto& [name, file] : names_after(names_kept)) found[name] = contents[file];
  return found;
}

disk::changes disk::in_sectors(const changes& whole) {
  changes sectors;
  for (const change& one : whole) {
    if (one.is_length) {
      sectors.push_back(one);
      continue;
    }
    for (std::size_t done = 0; done < one.octets.size();) {
      const std::size_t to_border = sector_octets - (one.offset + done) % sector_octets;
      const std::size_t size = std::min(to_border, one.octets.size() - done);
      sectors.push_back({one.file, false, one.offset + done, one.octets.substr(done, size)});
      done += size;
    }
  }
  return sectors;
}

void disk::lose_power(std::mt19937_64& random, const visitor& visit) const {
  const std::size_t all_names = pending_names_.size();
  const auto some_names = [&] {
    return std::uniform_int_distribution<std::size_t>(0, all_names)(random);
  };
  for (std::size_t names = 0; names <= all_names; ++names) {
    const std::string with = ", " + std::to_string(names) + " changes of names";
    visit(image({}, names), "nothing" + with);
    visit(image(pending_, names), "everything" + with);
  }

  // The file has got its length, but not its octets.
  changes lengths;
  for (const change& one : pending_) {
    const std::size_t end = one.is_length ? one.offset : one.offset + one.octets.size();
    if (end > contents_[one.file].size()) lengths.push_back({one.file, true, end, {}});
  }
  visit(image(lengths, some_names()), "lengths only");

  std::vector<std::size_t> singles(pending_.size());
  for (std::size_t i = 0; i < singles.size(); ++i) singles[i] = i;
  std::shuffle(singles.begin(), singles.end(), random);
  singles.resize(std::min(singles.size(), singles_max));
  for (const std::size_t i : singles) {
    changes kept = pending_;
    kept.erase(kept.begin() + static_cast<std::ptrdiff_t>(i));
    visit(image(kept, some_names()), "all but change " + std::to_string(i));
    visit(image({pending_[i]}, some_names()), "only change " + std::to_string(i));
  }

  const changes sectors = in_sectors(pending_);
  for (int i = 0; i < random_parts && sectors.size() > 1; ++i) {
    visit(image(part_of(sectors, random), some_names()), "some sectors");
    changes kept = part_of(pending_, random);
    visit(image(kept, some_names()), "some changes");
    std::shuffle(kept.begin(), kept.end(), random);
    visit(image(kept, some_names()), "some changes, in another order");
  }
}

}  // namespace cbv::power
