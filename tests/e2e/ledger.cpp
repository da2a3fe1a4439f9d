#include "tests/e2e/ledger.hpp"

#include <algorithm>
#include <iterator>
#include <nlohmann/json.hpp>

namespace cbv::e2e {

namespace {

using json = nlohmann::json;

bool is_lasting(const std::string& address) {
  return address.starts_with('u') || address.starts_with('n');
}

bool is_remembered(const json& result) {
  return result.at("source") == "cache" || result.at("source") == "stale";
}

/// Busy, pending, not_asked: nothing was learnt.
bool is_worth_keeping(const json& result) {
  const std::string reason = result.at("reason");
  return reason != "busy" && reason != "pending" && reason != "not_asked";
}

/// What is to be the same after any number of starts: not how long this answer took.
std::string lasting_part(json result) {
  result.erase("source");
  result.erase("advice");
  result.erase("elapsed_ms");
  return result.dump();
}

bool is_possible(const std::string& address, const json& result) {
  const std::string status = result.at("status");
  switch (address.front()) {
    case 'u':
      return status == "deliverable";
    case 'n':
      return status == "undeliverable";
    case 'f':
      return status == "unknown";
    default:
      return status == "unknown" || status == "deliverable";
  }
}

}  // namespace

void ledger::asked(const std::string& address) {
  entries_[address].in_flight = true;
  recent_.push_back(address);
}

void ledger::told(const std::string& address, const std::string& result) {
  entry& one = entries_[address];
  one.in_flight = false;
  const json read = json::parse(result);
  if (!is_worth_keeping(read)) return;
  one.versions.push_back(lasting_part(read));
  told_.emplace_back(address, one.versions.size());
}

void ledger::promised(std::uint64_t writes, std::size_t told_count) {
  promises_.emplace_back(writes, told_count);
}

void ledger::committed(std::uint64_t writes_committed) {
  while (!promises_.empty() && promises_.front().first <= writes_committed) {
    for (; told_committed_ < promises_.front().second; ++told_committed_) {
      const auto& [address, version] = told_[told_committed_];
      entries_[address].committed = version;
      ++committed_count_;
    }
    promises_.pop_front();
  }
}

void ledger::ended() {
  told_.clear();
  told_committed_ = 0;
  promises_.clear();
}

std::string ledger::check(const std::string& address, const std::string& result) {
  entry& one = entries_[address];
  const json read = json::parse(result);
  const bool in_flight = std::exchange(one.in_flight, false);
  if (!is_remembered(read)) {
    const bool may_be_missing = may_forget_ || one.committed == 0 || !is_lasting(address);
    std::string lost = may_be_missing ? "" : "lost: " + one.versions[one.committed - 1];
    entries_.erase(address);
    return lost;
  }
  if (!is_possible(address, read)) return "cannot be: " + result;
  ++found_count_;
  const std::string found = lasting_part(read);
  const auto from =
      one.versions.begin() + static_cast<std::ptrdiff_t>(one.committed > 0 ? one.committed - 1 : 0);
  const bool is_known = std::find(from, one.versions.end(), found) != one.versions.end();
  // Who was greylisted is asked about again by the daemon itself.
  if (!is_known && !in_flight && address.front() != 's') {
    return "another one: " + found + (one.versions.empty() ? "" : " told: " + one.versions.back());
  }
  one.versions = {found};
  one.committed = 1;
  return {};
}

std::vector<std::string> ledger::to_check(std::mt19937_64& random, std::size_t others) {
  std::vector<std::string> wanted = std::exchange(recent_, {});
  std::sort(wanted.begin(), wanted.end());
  wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
  std::vector<std::string> older;
  for (const auto& [address, one] : entries_) {
    if (!std::binary_search(wanted.begin(), wanted.end(), address)) older.push_back(address);
  }
  std::sample(older.begin(), older.end(), std::back_inserter(wanted), others, random);
  return wanted;
}

std::vector<std::string> ledger::all() const {
  std::vector<std::string> addresses;
  for (const auto& [address, one] : entries_) addresses.push_back(address);
  return addresses;
}

std::string ledger::settled(std::mt19937_64& random) const {
  if (entries_.empty()) return {};
  const auto skip = std::uniform_int_distribution<std::size_t>(0, entries_.size() - 1)(random);
  const auto& [address, one] = *std::next(entries_.begin(), static_cast<std::ptrdiff_t>(skip));
  return is_lasting(address) && !one.in_flight && !one.versions.empty() ? address : "";
}

}  // namespace cbv::e2e
