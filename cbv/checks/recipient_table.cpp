#include "cbv/checks/recipient_table.hpp"

#include "cbv/base/ascii.hpp"
#include "cbv/base/shown.hpp"

namespace cbv::checks {
namespace {

constexpr std::string_view blanks = " \t\r";

verdict told(status word, reason why, std::string detail) {
  verdict made;
  made.status = word;
  made.reason = why;
  made.stage = stage::table;
  made.source = source::table;
  made.detail = std::move(detail);
  return made;
}

std::string quoted(std::string_view entry) {
  constexpr std::size_t octets_max = 80;
  return '"' + shown(entry, octets_max) + '"';
}

// Up to a blank, but for those in a quoted local-part.
std::string_view first_word(std::string_view text) {
  const std::size_t quotes_end = text.starts_with('"') ? text.rfind("\"@") : 0;
  const std::size_t from = quotes_end == std::string_view::npos ? 0 : quotes_end;
  return text.substr(0, text.find_first_of(blanks, from));
}

// What is wrong with an entry; nothing if it was added.
std::optional<std::string> add_entry(std::string_view entry, recipient_table& into) {
  constexpr const char* full = "expected fewer recipients: there is no more room";
  if (entry.starts_with('@')) {
    const auto all_of = domain::parse(entry.substr(1));
    if (!all_of)
      return "expected @ and a domain, got " + quoted(entry) + ": " + to_string(all_of.error());
    if (!into.add_all_of(*all_of)) return full;
    return std::nullopt;
  }
  const auto one = parse_mailbox(entry);
  if (!one) return "expected a mailbox, got " + quoted(entry) + ": " + to_string(one.error());
  if (!into.add(*one)) return full;
  return std::nullopt;
}

}  // namespace

bool recipient_table::add(kind of, std::string_view text) {
  if (!texts_.has_room_for(text)) return false;
  texts_.add(of, text, 0) ? ++size_ : ++repeated_;
  return true;
}

bool recipient_table::note_domain(const domain& one) {
  if (texts_.find(listed_domain, one.text())) return true;
  return texts_.has_room_for(one.text()) && texts_.add(listed_domain, one.text(), 0);
}

bool recipient_table::add(const mailbox& one) {
  return note_domain(one.domain()) && add(listed, cache_key(one));
}

bool recipient_table::add_all_of(const domain& one) {
  return note_domain(one) && add(whole_domain, one.text());
}

std::optional<verdict> recipient_table::find(const mailbox& about,
                                             const recipient_terms& terms) const {
  if (!texts_.find(listed_domain, about.domain().text())) return std::nullopt;
  if (has(about, terms)) {
    return told(status::deliverable, reason::in_table, "the table of recipients has it");
  }
  if (!terms.complete) return std::nullopt;
  return told(status::undeliverable, reason::not_in_table,
              "the table of recipients has its domain, but not this mailbox");
}

bool recipient_table::has(const mailbox& about, const recipient_terms& terms) const {
  if (texts_.find(whole_domain, about.domain().text())) return true;
  std::string key = cache_key(about);
  if (texts_.find(listed, key)) return true;
  const std::size_t at = key.rfind('@');
  const std::size_t detail = key.find_first_of(terms.delimiter, 1);
  if (detail >= at || key.starts_with('"')) return false;
  key.erase(detail, at - detail);
  return texts_.find(listed, key).has_value();
}

void read_recipient_text(const std::string& file, std::string_view text, recipient_table& into,
                         std::vector<list_fault>& wrong) {
  for_each_line(text, [&](std::string_view line, std::size_t number) {
    const std::size_t begin = line.find_first_not_of(blanks);
    if (begin == std::string_view::npos || line[begin] == '#') return true;
    const std::string_view entry = first_word(line.substr(begin));
    if (auto fault = add_entry(entry, into))
      wrong.push_back(list_fault{file, number, begin + 1, *std::move(fault)});
    return wrong.size() < list_faults_max;
  });
}

loaded_list<recipient_table> load_recipients(const std::vector<std::string>& files) {
  return load_files<recipient_table>(files, read_recipient_text);
}

}  // namespace cbv::checks
