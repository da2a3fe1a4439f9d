// The commands cbv sends: the only place where they are built, and from parsed values only, so that
// no CR, LF or NUL of an address ever reaches a server. What the answer to EHLO offers.
#ifndef CBV_SMTP_COMMAND_HPP
#define CBV_SMTP_COMMAND_HPP

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "cbv/address/mailbox.hpp"
#include "cbv/smtp/reply.hpp"

namespace cbv::smtp {

/// All of them end in CRLF. `helo_name` is our own name, a domain or an address literal from the
/// settings; an octet that neither can have becomes "-".
std::string ehlo(std::string_view helo_name);
std::string helo(std::string_view helo_name);
std::string lhlo(std::string_view helo_name);  // LMTP's EHLO (RFC 2033 section 4.1)

/// MAIL FROM. With `smtputf8` the parameter of RFC 6531 section 3.4 is added.
std::string mail_from(const reverse_path& from, bool smtputf8 = false);

std::string rcpt_to(const mailbox& recipient);
std::string rset();
std::string noop();
std::string starttls();
std::string quit();

/// A name and a password, to log in with.
struct credentials {
  std::string user;
  std::string password;

  friend bool operator==(const credentials&, const credentials&) = default;
};

/// AUTH PLAIN with an initial response (RFC 4616, RFC 4954 section 4). Says the password aloud: for
/// a protected line only.
std::string auth_plain(const credentials& who);

/// What a server offers (RFC 5321 section 4.1.1.1).
struct extensions {
  bool pipelining = false;             // RFC 2920
  bool smtputf8 = false;               // RFC 6531
  bool starttls = false;               // RFC 3207
  bool enhanced_status_codes = false;  // RFC 2034
  std::optional<std::uint64_t> size;   // RFC 1870, octets; 0: no fixed limit
  bool auth_plain = false;             // RFC 4954, RFC 4616

  friend bool operator==(const extensions&, const extensions&) = default;
};

/// Reads a 250 to EHLO. The first line is the server's name and greeting. Keywords are compared
/// without case; unknown ones and a SIZE that is no number are passed over.
extensions parse_extensions(const reply& answer);

}  // namespace cbv::smtp

#endif
