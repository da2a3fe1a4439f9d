#include "cbv/checks/access_list.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include "cbv/address/domain.hpp"
#include "cbv/address/local_part.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/checks/wildcard.hpp"

namespace cbv::checks {
namespace {

/// What texts of different subjects and forms are told apart by in the table.
std::uint8_t kind_of(access_subject subject, access_form form, name_reach reach) {
  constexpr unsigned forms = 8;
  constexpr unsigned reaches = 4;
  return static_cast<std::uint8_t>(
      (static_cast<unsigned>(subject) * forms + static_cast<unsigned>(form)) * reaches +
      static_cast<unsigned>(reach));
}

std::string mailbox_key(std::string_view local_part, std::string_view name) {
  std::string key(local_part);
  key.append("@").append(name);
  return key;
}

/// The names above this one, the closest first.
template <class Visit>
bool visit_above(std::string_view name, Visit visit) {
  for (std::size_t dot = name.find('.'); dot != std::string_view::npos;
       dot = name.find('.', dot + 1)) {
    if (visit(name.substr(dot + 1))) return true;
  }
  return false;
}

/// As names of rules are: a client may write its own in any case, with a dot at the end, in UTF-8.
std::string folded_name(std::string_view name) {
  std::string folded = ascii::to_lower(name);
  if (folded.ends_with('.')) folded.pop_back();
  const bool plain = std::all_of(folded.begin(), folded.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x80 && c != '[';
  });
  if (plain) return folded;
  const auto read = domain::parse(folded);
  return read ? ascii::to_lower(read->text()) : folded;
}

bool is_in(std::string_view domain, const access_rule& rule) {
  const bool itself = domain == rule.name;
  if (rule.reach == name_reach::itself) return itself;
  if (itself) return rule.reach == name_reach::both;
  return domain.size() > rule.name.size() && domain.ends_with(rule.name) &&
         domain[domain.size() - rule.name.size() - 1] == '.';
}

/// Larger for what is true of fewer: that of a domain, of itself alone, of a longer name, and with
/// more letters that must be there.
auto narrowness(const access_rule& rule) {
  const auto letters = std::count_if(rule.local_part.begin(), rule.local_part.end(),
                                     [](char c) { return c != '*' && c != '?'; });
  return std::tuple(!rule.name.empty(), rule.reach == name_reach::itself, rule.name.size(),
                    letters);
}

}  // namespace

void access_list::begin_file(std::string name) {
  lines_before_ += last_line_;
  last_line_ = 0;
  files_.push_back(file{std::move(name), lines_before_});
}

std::uint32_t access_list::index_of(const reply_form& reply) {
  if (reply == reply_form{}) return 0;
  const auto [at, is_new] =
      reply_numbers_.try_emplace(reply_key(reply.code, reply.enhanced, reply.text),
                                 static_cast<std::uint32_t>(replies_.size()));
  if (is_new) replies_.push_back(reply);
  return at->second;
}

std::optional<std::string> access_list::add(const access_rule& rule, std::size_t line) {
  if (rules_.size() >= rules_max)
    return "expected at most " + std::to_string(rules_max) + " rules in all files";
  if (rule.form == access_form::wildcard && wildcards_.size() >= wildcards_max) {
    return "expected at most " + std::to_string(wildcards_max) +
           " rules with a wildcard or a local-part below a domain";
  }
  if (line > std::numeric_limits<std::uint32_t>::max() - lines_before_)
    return std::string("expected fewer lines");
  if (!texts_.has_room_for(mailbox_key(rule.local_part, rule.name)))
    return std::string("expected less than 4 GiB of patterns");
  const auto number = static_cast<std::uint32_t>(rules_.size());
  if (!keep(rule, number)) {
    ++repeated_;
    return std::nullopt;
  }
  last_line_ = static_cast<std::uint32_t>(line);
  rules_.push_back(held_rule{lines_before_ + last_line_, index_of(rule.reply), rule.action});
  return std::nullopt;
}

bool access_list::keep(const access_rule& rule, std::uint32_t held) {
  const std::uint8_t kind = kind_of(rule.subject, rule.form, rule.reach);
  switch (rule.form) {
    case access_form::network:
      if (rule.network) networks_.add(*rule.network, held);
      return rule.network.has_value();
    case access_form::null_path:
      return texts_.add(kind, "", held);
    case access_form::name:
      return texts_.add(kind, rule.name, held);
    case access_form::local_part:
      return texts_.add(kind, rule.local_part, held);
    case access_form::mailbox:
      return texts_.add(kind, mailbox_key(rule.local_part, rule.name), held);
    case access_form::wildcard:
      wildcards_.push_back(wildcard{rule, held});
      return true;
  }
  return false;
}

void access_list::finish() {
  networks_repeated_ = networks_.finish();
  repeated_ += networks_repeated_;
  std::stable_sort(wildcards_.begin(), wildcards_.end(), [](const wildcard& a, const wildcard& b) {
    return narrowness(a.rule) > narrowness(b.rule);
  });
  reply_numbers_.clear();
  texts_.shrink();
  rules_.shrink_to_fit();
}

std::size_t access_list::octets() const noexcept {
  return rules_.capacity() * sizeof(held_rule) + replies_.capacity() * sizeof(reply_form) +
         wildcards_.capacity() * sizeof(wildcard) + networks_.octets() + texts_.octets();
}

access_match access_list::made(access_rule rule, std::uint32_t held) const {
  const held_rule& found = rules_[held];
  const auto after = std::upper_bound(
      files_.begin(), files_.end(), found.line,
      [](std::uint32_t line, const file& one) { return line <= one.lines_before; });
  access_match match;
  match.action = found.action;
  match.subject = rule.subject;
  if (after != files_.begin()) {
    const file& in = *(after - 1);
    match.where = in.name + ':' + std::to_string(found.line - in.lines_before);
  }
  rule.action = found.action;
  match.rule = to_string(rule);
  match.reply = replies_[found.reply];
  return match;
}

std::optional<access_match> access_list::match(access_subject subject, access_form form,
                                               name_reach reach, std::string_view text) const {
  const auto held = texts_.find(kind_of(subject, form, reach), text);
  if (!held) return std::nullopt;
  access_rule rule;
  rule.subject = subject;
  rule.form = form;
  rule.reach = reach;
  if (form == access_form::name) {
    rule.name = text;
  } else if (form == access_form::local_part) {
    rule.local_part = text;
  } else if (form == access_form::mailbox) {
    const std::size_t at = text.rfind('@');
    rule.local_part = text.substr(0, at);
    rule.name = text.substr(at + 1);
  }
  return made(std::move(rule), *held);
}

std::optional<access_match> access_list::find_client(const boost::asio::ip::address& client) const {
  const auto found = networks_.find(client);
  if (!found) return std::nullopt;
  access_rule rule;
  rule.subject = access_subject::client;
  rule.form = access_form::network;
  rule.network = net::ip_network::around(found->first, found->prefix);
  return made(std::move(rule), found->number);
}

std::optional<access_match> access_list::find_name(access_subject subject,
                                                   std::string_view name) const {
  if (name.empty()) return std::nullopt;
  std::optional<access_match> found;
  const auto is_there = [&](name_reach reach, std::string_view text) {
    found = match(subject, access_form::name, reach, text);
    return found.has_value();
  };
  if (is_there(name_reach::itself, name) || is_there(name_reach::both, name)) return found;
  visit_above(name, [&](std::string_view above) {
    return is_there(name_reach::below, above) || is_there(name_reach::both, above);
  });
  return found;
}

std::optional<access_match> access_list::find_wildcard(access_subject subject,
                                                       std::string_view local_part,
                                                       std::string_view domain,
                                                       bool anywhere) const {
  for (const wildcard& one : wildcards_) {
    if (one.rule.subject != subject || one.rule.name.empty() != anywhere) continue;
    if (!anywhere && !is_in(domain, one.rule)) continue;
    if (wildcard_matches(one.rule.local_part, local_part)) return made(one.rule, one.held);
  }
  return std::nullopt;
}

std::optional<access_match> access_list::find_mailbox(access_subject subject,
                                                      std::string_view local_part,
                                                      std::string_view domain) const {
  const std::string folded = ascii::to_lower(simplest_local_part(local_part));
  const std::string at = ascii::to_lower(domain);
  constexpr name_reach itself = name_reach::itself;
  auto found = match(subject, access_form::mailbox, itself, mailbox_key(folded, at));
  if (!found) found = find_wildcard(subject, folded, at, false);
  if (!found) found = find_name(subject, at);
  if (!found) found = match(subject, access_form::local_part, itself, folded);
  if (!found) found = find_wildcard(subject, folded, at, true);
  return found;
}

std::optional<access_match> access_list::find(access_subject subject, const envelope& about,
                                              const paths& parsed) const {
  switch (subject) {
    case access_subject::client:
      return about.client ? find_client(*about.client) : std::nullopt;
    case access_subject::client_name:
      return find_name(subject, folded_name(about.client_name));
    case access_subject::reverse_client_name:
      return find_name(subject, folded_name(about.reverse_client_name));
    case access_subject::helo:
      return find_name(subject, folded_name(about.helo));
    case access_subject::sender:
      if (about.sender.empty() && !parsed.sender)
        return match(subject, access_form::null_path, name_reach::itself, "");
      if (!parsed.sender) return std::nullopt;
      return find_mailbox(subject, parsed.sender->local_part(), parsed.sender->domain().text());
    case access_subject::recipient:
      if (parsed.recipient) {
        return find_mailbox(subject, parsed.recipient->local_part(),
                            parsed.recipient->domain().text());
      }
      if (ascii::iequals(about.recipient, "postmaster"))
        return find_mailbox(subject, about.recipient, "");
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace cbv::checks
