// Addresses as MTAs hand them to their policy servers and maps, made into what a callout can ask.
#ifndef CBV_API_EDGE_ADDRESS_HPP
#define CBV_API_EDGE_ADDRESS_HPP

#include <optional>
#include <string>
#include <string_view>

namespace cbv::api {

/// How the local-part is spelt.
enum class spelling {
  unquoted,  // Postfix's internal form: a quote in it is a part of the mailbox's name
  either     // or as on the wire, if it is a Quoted-string there (RFC 5321 section 4.1.2)
};

/// `address` with its local-part quoted again where it has to be: `a b@x.example` is asked for as
/// `"a b"@x.example`. Whether a mail host would like it is for the verifier to say.
///
/// Nothing where the MTA will still complete or change the address, so that a question about it as
/// it stands could reject the wrong mailbox: the null reverse-path, no domain or one without a dot
/// ("bob", "bob@", "bob@host"), a source route ("@relay:bob@x.example"). A dot at the end of the
/// domain is left off, as MTAs do. Pure.
std::optional<std::string> address_to_ask(std::string_view address, spelling written);

}  // namespace cbv::api

#endif
