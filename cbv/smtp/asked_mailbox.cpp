#include "cbv/smtp/asked_mailbox.hpp"

#include <algorithm>
#include <array>

#include "cbv/base/ascii.hpp"
#include "cbv/smtp/letter_folding.hpp"

namespace cbv::smtp {
namespace {

constexpr std::array<std::string_view, 15> helpers{
    "postmaster", "abuse",     "support",    "helpdesk", "help",
    "hostmaster", "webmaster", "noc",        "admin",    "security",
    "unblock",    "delist",    "mailmaster", "it",       "postmasters"};

bool is_mark(char c) {
  return !ascii::is_alnum(c) && static_cast<unsigned char>(c) < 0x80;
}

std::string_view without_marks(std::string_view text) {
  while (!text.empty() && is_mark(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_mark(text.back())) text.remove_suffix(1);
  return text;
}

std::string_view before(std::string_view text, char mark) {
  return text.substr(0, text.find(mark));
}

// What stands behind "to=", "host!", "mailto:" and a route.
std::string_view behind_marks(std::string_view text) {
  const std::size_t at = text.find_last_of("=!:,; ");
  return at == std::string_view::npos ? text : text.substr(at + 1);
}

// example.org, mx.example.org: one is the other, or stands below it.
bool are_related(std::string_view a, std::string_view b) {
  if (a.size() < b.size()) std::swap(a, b);
  if (b.find('.') == std::string_view::npos || !a.ends_with(b)) return false;
  return a.size() == b.size() || a[a.size() - b.size() - 1] == '.';
}

}  // namespace

asked_mailbox::asked_mailbox(std::string_view address, const own_names& us) : us_(us) {
  const std::string folded = fold_letters(address);
  const std::size_t at = folded.rfind('@');
  if (at == std::string::npos) return;
  local_ = without_marks(std::string_view(folded).substr(0, at));
  base_ = before(local_, '+');
  domain_ = without_marks(std::string_view(folded).substr(at + 1));
}

asked_mailbox::owner asked_mailbox::owner_of(std::string_view address) const {
  if (!is_known()) return owner::asked;
  const std::size_t at = address.rfind('@');
  const std::string_view local = address.substr(0, at);
  const std::string_view domain =
      at == std::string_view::npos ? std::string_view() : without_marks(address.substr(at + 1));
  if (us_.is_domain(domain) && !are_related(domain, domain_)) return owner::other;
  if (is_local_part(local)) return owner::asked;
  const std::string_view name = without_marks(behind_marks(local));
  if (std::find(helpers.begin(), helpers.end(), name) != helpers.end()) return owner::helper;
  return are_related(domain, domain_) ? owner::asked : owner::other;
}

bool asked_mailbox::is_local_part(std::string_view name) const {
  if (local_.empty()) return false;
  for (const std::string_view part : {name, behind_marks(name), before(name, '%')}) {
    const std::string_view bare = without_marks(part);
    if (bare == local_ || before(bare, '+') == base_) return true;
  }
  return false;
}

}  // namespace cbv::smtp
