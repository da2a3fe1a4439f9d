// A far MX as it is described: what it takes mail for, and its temper.
#ifndef CBV_TOOLS_CBV_SIM_HOST_HPP
#define CBV_TOOLS_CBV_SIM_HOST_HPP

#include <array>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "cbv/net/tls_server.hpp"
#include "tools/cbv-sim/certificates.hpp"
#include "tools/cbv-sim/pattern.hpp"

namespace cbv::sim {

namespace asio = boost::asio;

/// Where a dialogue stands, from the host's side.
enum class dialogue_stage : std::uint8_t {
  greeting,
  ehlo,  // or HELO, or LHLO
  noop,
  starttls,
  handshake,  // the answer to a ClientHello
  auth,
  mail,
  rcpt,
  rset,
  quit,
};
inline constexpr std::size_t dialogue_stages = 10;

std::string_view to_string(dialogue_stage stage) noexcept;

/// How a host misbehaves at a stage, in place of the reply (or, drop_after, behind it).
enum class misbehaviour : std::uint8_t {
  none,
  drop,           // closes
  drop_after,     // replies, then closes
  noise,          // sends binary
  endless_line,   // sends a line that never ends
  endless_reply,  // sends a reply that never ends
  silent,         // never says anything any more
};

/// A host's temper at one stage.
struct stage_temper {
  std::chrono::milliseconds delay{};  // before the reply
  std::string refusal;                // in place of the usual reply; empty: as usual
  misbehaviour bad = misbehaviour::none;
  std::uint32_t bad_from = 1;  // the turn of this stage, counted from 1, that is the first bad one
};

/// Where something is offered: nowhere, anywhere, only in clear, only in TLS.
enum class offer : std::uint8_t { off, on, clear, tls };

inline bool is_offered(offer what, bool in_tls) noexcept {
  return what == offer::on || what == (in_tls ? offer::tls : offer::clear);
}

/// How a host speaks TLS.
struct tls_temper {
  bool offered = false;   // in the reply to EHLO, and taken; or in a script
  bool required = false;  // before MAIL
  certificate_kind certificate = certificate_kind::good;
  net::tls_version least = net::tls_version::v1_2;
  net::tls_version most = net::tls_version::v1_3;
  std::string name;      // that the certificate has; empty: the host's own
  std::string injected;  // said in clear behind the reply to STARTTLS, in the same write: an attack
};

/// Names or addresses, in lower case: literal ones in a table, the others by rule.
class name_set {
 public:
  void add(std::string_view text);
  bool has(std::string_view lower_case) const;
  bool empty() const noexcept { return literals_.empty() && patterns_.empty(); }

 private:
  std::unordered_set<std::string> literals_;
  std::vector<pattern> patterns_;
};

/// A reply kept for some addresses at MAIL or RCPT.
struct address_reply {
  dialogue_stage at = dialogue_stage::rcpt;
  pattern addresses;
  std::string reply;
};

/// One step of a script. `say` has its line ends in it; `expect` matches one line of the client, *
/// standing for any text; behind `handshake` all is said in TLS.
struct script_step {
  enum type { say, expect, wait, drop, silence, handshake } kind = say;
  std::string text;
  std::chrono::milliseconds delay{};
  std::size_t line = 0;  // in the world's text
};

/// What is said on one connection.
using script = std::vector<script_step>;

/// Which connections are taken at all.
enum class reachability : std::uint8_t { open, dead, unreachable };

/// One host, or a range of hosts of the same temper. Replies may have {address}, {client}, {helo},
/// {host} and {seconds} in them, and line feeds between the lines of a multi-line reply.
struct host {
  std::size_t line = 0;  // of its heading, in the world's text
  std::string path;      // of a unix socket; then there is no address
  asio::ip::address first;
  std::uint32_t size = 1;  // how many addresses, from `first` on
  bool is_range = false;
  std::string name;  // {} in it is the number of the address in the range
  reachability reach = reachability::open;

  name_set domains;    // mail for these is taken
  name_set mailboxes;  // local-part@domain
  name_set full;
  name_set disabled;
  bool catch_all = false;      // of all its domains
  name_set catch_all_domains;  // of these

  std::string unknown_user =
      "550 5.1.1 <{address}>: Recipient address rejected: User unknown in virtual mailbox table";
  std::string relay_denied = "554 5.7.1 <{address}>: Relay access denied";
  std::string null_sender;  // the refusal of MAIL FROM:<>; empty: it is taken
  std::string greylisted =
      "451 4.7.1 <{address}>: Recipient address rejected: Greylisted, try again in {seconds} s";
  std::chrono::milliseconds greylist{};  // zero: no greylisting
  std::vector<address_reply> refusals;   // the first that matches counts

  std::chrono::milliseconds tarpit{};  // before each reply
  std::array<stage_temper, dialogue_stages> stages;
  bool ehlo = true;
  bool lmtp = false;  // LHLO in place of EHLO and HELO
  offer pipelining = offer::on;
  offer smtputf8 = offer::off;
  tls_temper tls;
  std::string user;  // of AUTH PLAIN, offered in TLS and on unix sockets; empty: no AUTH
  std::string password;
  bool auth_required = false;               // before MAIL
  std::chrono::milliseconds idle{300'000};  // RFC 5321 section 4.5.3.2.7: at least 5 minutes
  std::uint32_t recipients_max = std::numeric_limits<std::uint32_t>::max();   // a transaction
  std::uint32_t refusals_max = std::numeric_limits<std::uint32_t>::max();     // a connection
  std::uint32_t commands_max = std::numeric_limits<std::uint32_t>::max();     // a connection
  std::uint32_t connections_max = std::numeric_limits<std::uint32_t>::max();  // at once

  std::vector<script> scripts;  // if any: this is said, whatever stands above

  const stage_temper& at(dialogue_stage stage) const {
    return stages[static_cast<std::size_t>(stage)];
  }

  /// Where it listens, for people: the address, or unix:PATH.
  std::string place_of(const asio::ip::address& address) const {
    return path.empty() ? address.to_string() : "unix:" + path;
  }

  /// The place of an address in the range; nothing if it is not one of this host's.
  std::optional<std::uint32_t> number_of(const asio::ip::address& address) const;

  /// The greeting name of one address of the range.
  std::string name_of(std::uint32_t number) const { return with_number(name, number); }
};

}  // namespace cbv::sim

#endif
