// The mailboxes that exist in some domains, as an administrator lists them.
#ifndef CBV_CHECKS_RECIPIENT_TABLE_HPP
#define CBV_CHECKS_RECIPIENT_TABLE_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/address/mailbox.hpp"
#include "cbv/checks/list_files.hpp"
#include "cbv/checks/text_table.hpp"
#include "cbv/verdict/verdict.hpp"

namespace cbv::checks {

/// What it means that a mailbox is not listed, and when it is.
struct recipient_terms {
  bool complete = true;   // of each domain that is in the table, all mailboxes are
  std::string delimiter;  // any of these ends what has to be listed: "+" lets bob+list be bob

  friend bool operator==(const recipient_terms&, const recipient_terms&) = default;
};

/// Domains of which nothing is listed are not in it. Compared as what is remembered is
/// (cache_key()).
class recipient_table {
 public:
  /// False: there is no more room.
  bool add(const mailbox& one);
  /// All mailboxes of this domain.
  bool add_all_of(const domain& one);

  void finish() { texts_.shrink(); }

  /// deliverable / in_table, undeliverable / not_in_table where the table is complete; nothing if
  /// it cannot tell.
  std::optional<verdict> find(const mailbox& about, const recipient_terms& terms) const;

  std::size_t size() const noexcept { return size_; }
  std::size_t repeated() const noexcept { return repeated_; }
  std::size_t octets() const noexcept { return texts_.octets(); }

 private:
  enum kind : unsigned char { listed, listed_domain, whole_domain };

  bool add(kind of, std::string_view text);
  bool note_domain(const domain& one);
  bool has(const mailbox& about, const recipient_terms& terms) const;

  text_table texts_;
  std::size_t size_ = 0;
  std::size_t repeated_ = 0;
};

/// Adds what one file says: a mailbox a line ("bob@example.org"), or "@example.org" for all of a
/// domain. What follows a blank is not looked at, so that a table of Postfix's relay_recipient_maps
/// will do; nor are lines that are empty or begin with "#".
void read_recipient_text(const std::string& file, std::string_view text, recipient_table& into,
                         std::vector<list_fault>& wrong);

/// As load_files(), with recipients.
loaded_list<recipient_table> load_recipients(const std::vector<std::string>& files);

}  // namespace cbv::checks

#endif
