// The mailbox that was asked about, and whether a reply speaks of it or of somebody else's.
#ifndef CBV_SMTP_ASKED_MAILBOX_HPP
#define CBV_SMTP_ASKED_MAILBOX_HPP

#include <string>
#include <string_view>

#include "cbv/smtp/own_names.hpp"

namespace cbv::smtp {

/// The address of RCPT TO, to be recognised where a reply quotes it.
class asked_mailbox {
 public:
  /// Whom an address in a reply belongs to.
  enum class owner { asked, other, helper };

  /// `address` as in RCPT TO; empty, or no address: every address may be the one.
  asked_mailbox(std::string_view address, const own_names& us);

  bool is_known() const noexcept { return !domain_.empty(); }

  /// Whose `address` is (folded, with whatever a log puts before it: "to=joe@example.org").
  ///
  /// Servers rewrite what they are asked for, so the same local-part anywhere but in our own domain
  /// is the asked one, and so is another local-part in the domain, above it or below it. A
  /// postmaster or a support desk is a helper: a reply names them to be asked, not to be missed.
  owner owner_of(std::string_view address) const;

  /// Is a name without a domain (folded) its local-part? In any case, with or without the detail
  /// behind "+" and marks around it.
  bool is_local_part(std::string_view name) const;

 private:
  const own_names& us_;  // of the caller, who outlives this
  std::string local_;
  std::string base_;  // local_ before the "+"
  std::string domain_;
};

}  // namespace cbv::smtp

#endif
