// A Mailbox (RFC 5321 section 4.1.2, RFC 6531 section 3.3) and the paths around it.
#ifndef CBV_ADDRESS_MAILBOX_HPP
#define CBV_ADDRESS_MAILBOX_HPP

#include <optional>
#include <string>
#include <string_view>

#include "cbv/address/domain.hpp"
#include "cbv/address/syntax_error.hpp"

namespace cbv {

/// local-part@domain. `local_part` is kept exactly as it was received, quotes and case and all,
/// because that is what a callout must ask for; `domain` is canonical. Made by parse_mailbox only,
/// so it never holds CR, LF or NUL.
class mailbox {
 public:
  mailbox(const mailbox&) = default;
  mailbox(mailbox&&) = default;
  mailbox& operator=(const mailbox&) = default;
  mailbox& operator=(mailbox&&) = default;

  const std::string& local_part() const noexcept { return local_part_; }
  const cbv::domain& domain() const noexcept { return domain_; }

  friend bool operator==(const mailbox&, const mailbox&) = default;

 private:
  friend parsed<mailbox> parse_mailbox(std::string_view);
  mailbox(std::string local_part, cbv::domain at)
      : local_part_(std::move(local_part)), domain_(std::move(at)) {}

  std::string local_part_;
  cbv::domain domain_;
};

/// Reads one Mailbox: Dot-string or Quoted-string, "@", domain or address literal; UTF-8 in the
/// local-part (NFC is not enforced) and in the domain (RFC 6531). Limits: local-part 64 octets,
/// path 254 (RFC 5321 4.5.3.1, erratum 1690).
parsed<mailbox> parse_mailbox(std::string_view text);

/// The mailbox as it is sent: local_part@domain.
std::string to_string(const mailbox& address);

/// True if the local-part has octets past ASCII, so that RCPT TO needs the SMTPUTF8 parameter (RFC
/// 6531 section 3.4). The domain never does: it is sent as A-labels.
bool needs_smtputf8(const mailbox& address) noexcept;

/// The form under which a mailbox is remembered: quotes that are not needed are taken off ("a"@x is
/// a@x, RFC 5321 section 4.1.2), A to Z folded. For keys only: it is never sent.
std::string cache_key(const mailbox& address);

/// A reverse-path; nothing is the null reverse-path `<>`.
using reverse_path = std::optional<mailbox>;

/// Reads `<>`, an empty text, a Mailbox, or a path `<@relay,@relay:mailbox>` whose source route is
/// accepted and dropped (RFC 5321 sections 4.1.2 and C). The angle brackets may be missing when
/// there is no source route. A path with a source route has at most 256 octets as it is given.
parsed<reverse_path> parse_reverse_path(std::string_view text);

/// The same for a forward-path, which is never empty.
parsed<mailbox> parse_forward_path(std::string_view text);

}  // namespace cbv

#endif
