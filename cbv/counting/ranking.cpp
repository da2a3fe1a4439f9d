#include "cbv/counting/ranking.hpp"

#include <algorithm>
#include <map>
#include <string_view>

namespace cbv {
namespace {

/// How often a name that is not in it may have been met all the same.
std::uint64_t unseen(const ranking& in, std::size_t full) {
  return in.empty() || in.size() < full ? 0 : in.back().count;
}

}  // namespace

ranking merge(const ranking& one, const ranking& other, std::size_t keep, std::size_t full) {
  const std::uint64_t unseen_in_one = unseen(one, full);
  const std::uint64_t unseen_in_other = unseen(other, full);
  std::map<std::string_view, ranked> all;
  for (const ranked& each : one) {
    all[each.name] = {each.name, each.count + unseen_in_other, each.error + unseen_in_other};
  }
  for (const ranked& each : other) {
    const auto [at, is_new] = all.try_emplace(each.name);
    if (is_new) {
      at->second = {each.name, each.count + unseen_in_one, each.error + unseen_in_one};
    } else {
      at->second.count += each.count - unseen_in_other;
      at->second.error += each.error - unseen_in_other;
    }
  }
  ranking made;
  made.reserve(all.size());
  for (auto& [name, each] : all) made.push_back(std::move(each));
  std::sort(made.begin(), made.end(), [](const ranked& a, const ranked& b) {
    return a.count != b.count ? a.count > b.count : a.name < b.name;
  });
  if (made.size() > keep) made.resize(keep);
  return made;
}

rankings merge(const rankings& one, const rankings& other, std::size_t keep, std::size_t full) {
  return {merge(one.domains, other.domains, keep, full), merge(one.hosts, other.hosts, keep, full),
          merge(one.clients, other.clients, keep, full)};
}

}  // namespace cbv
