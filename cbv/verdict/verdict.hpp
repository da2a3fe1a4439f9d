// What cbv says of an address, and why.
#ifndef CBV_VERDICT_VERDICT_HPP
#define CBV_VERDICT_VERDICT_HPP

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "cbv/base/clock.hpp"
#include "cbv/verdict/words.hpp"

namespace cbv {

/// The far host's decisive reply, fit to be shown: `text` is printable UTF-8 of at most
/// `reply_text_octets_max` octets, lines joined by a space.
struct far_reply {
  int code = 0;
  std::string enhanced;  // "5.1.1", or empty where the reply had none
  std::string text;

  friend bool operator==(const far_reply&, const far_reply&) = default;
};

inline constexpr std::size_t reply_text_octets_max = 512;

/// How the dialogue that decided was protected.
struct tls_facts {
  std::string protocol;   // "TLSv1.3"
  bool verified = false;  // the certificate is good, and names the host

  friend bool operator==(const tls_facts&, const tls_facts&) = default;
};

/// An answer to one question. `unknown` is honest; `undeliverable` needs proof.
struct verdict {
  cbv::status status = status::unknown;
  cbv::reason reason = reason::pending;
  cbv::stage stage = stage::policy;
  cbv::source source = source::policy;
  cbv::catch_all catch_all = catch_all::untested;
  std::string host;     // far host name; empty if none was asked
  std::string host_ip;  // and its address
  std::optional<far_reply> reply;
  std::optional<tls_facts> tls;  // nothing: in clear, or there was no dialogue
  std::string
      detail;  // for people: what the reply does not say ("connection refused", the syntax error)
  wall_time checked_at{};
  wall_time refresh_at{};  // from here on a question starts a probe behind the old answer
  wall_time expires_at{};  // from here on it is forgotten
  std::chrono::milliseconds elapsed{};  // how long the question that made it took
  /// We are a backup MX of the recipient's domain, so that an unreachable server is no reason to
  /// defer. Set by the verifier for each answer that is unknown; not remembered.
  bool backup_mx = false;

  friend bool operator==(const verdict&, const verdict&) = default;
};

}  // namespace cbv

#endif
