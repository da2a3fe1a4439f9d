// One end of a TLS connection, without I/O: octets of the peer in, octets for the peer out.
#ifndef CBV_NET_TLS_MACHINE_HPP
#define CBV_NET_TLS_MACHINE_HPP

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct ssl_st;

namespace cbv::net {

/// Frees OpenSSL's connection.
struct ssl_deleter {
  void operator()(ssl_st* each) const noexcept;
};
using ssl_handle = std::unique_ptr<ssl_st, ssl_deleter>;

/// What a handshake came to.
struct handshake_facts {
  std::string protocol;   // "TLSv1.3"
  std::string cipher;     // "TLS_AES_256_GCM_SHA384"
  bool verified = false;  // the certificate is good, and names whom we asked for
  bool resumed = false;   // a session of before went on
  std::string doubt;      // why it is not verified: "self-signed certificate"
};

/// What a client expects of the certificate.
struct tls_expectation {
  bool named = false;     // there is a name to compare it with
  bool required = false;  // without a good one there is no connection
};

/// Made by tls_client and tls_server. Never throws but bad_alloc; what the peer sends cannot make
/// it hold more than it was given and `tls_answer_octets_max`. Belongs to one thread.
class tls_machine {
 public:
  enum class phase : std::uint8_t {
    handshake,
    open,    // both ways, or one: after the peer's close_notify there is still writing
    failed,  // for good; failure() says why
  };

  /// `kept` lives as long as the connection: what callbacks of it refer to.
  tls_machine(ssl_handle connection, tls_expectation expected, std::shared_ptr<void> kept = {});
  tls_machine(const tls_machine&) = delete;
  tls_machine& operator=(const tls_machine&) = delete;
  ~tls_machine();

  /// Octets from the peer. Before the first ones a client has something to say: take_output().
  void receive(std::string_view octets);

  /// The peer has closed. A handshake under way fails; else it is the end of what can be read.
  void receive_end();

  /// Octets for the peer that were not taken yet; those of an alert, too, when it has failed.
  std::string take_output();

  /// Plaintext of the peer that is complete; how much, 0 if there is none yet.
  std::size_t read(std::span<char> into);

  /// Turns plaintext into output. Nothing if it is not open.
  void write(std::string_view plaintext);

  /// Puts a close_notify into the output, once, if it is open.
  void close();

  phase at() const noexcept { return phase_; }

  /// True if nothing more can be read: a close_notify came, or the end.
  bool is_at_end() const noexcept { return at_end_; }

  /// Why it failed, for people: "wrong version number".
  const std::string& failure() const noexcept { return failure_; }

  /// Valid when it is open.
  const handshake_facts& facts() const noexcept { return facts_; }

  /// On the server's side the name that the client has asked for (SNI); empty if it has not.
  std::string asked_name() const;

 private:
  void shake_hands();
  void note_facts();
  void go_on(int outcome);
  void fail(std::string why);
  std::size_t pending_output() const;

  std::shared_ptr<void> kept_;
  ssl_handle ssl_;
  tls_expectation expected_;
  phase phase_ = phase::handshake;
  bool at_end_ = false;
  bool said_close_ = false;
  std::string failure_;
  handshake_facts facts_;
};

/// What a peer can make us answer before we write of ourselves (alerts, new keys).
inline constexpr std::size_t tls_answer_octets_max = 65'536;

}  // namespace cbv::net

#endif
