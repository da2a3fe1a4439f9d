// A client and a server of TLS for tests: an authority, its certificates, and a clock that stands.
#ifndef CBV_TESTS_CBV_NET_TLS_PARTS_HPP
#define CBV_TESTS_CBV_NET_TLS_PARTS_HPP

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "cbv/net/tls_client.hpp"
#include "cbv/net/tls_machine.hpp"
#include "cbv/net/tls_server.hpp"
#include "tools/cbv-sim/certificates.hpp"

namespace cbv::net {

inline constexpr const char* far_name = "mx1.example.net";

/// A clock that is set by hand.
class set_clock final : public clock {
 public:
  time_point now() const noexcept override { return at; }
  wall_time wall_now() const noexcept override { return wall; }

  time_point at{std::chrono::hours(1)};
  wall_time wall{std::chrono::seconds(1'795'262'400)};
};

/// One authority for all tests of a program: making keys is most of what they do.
inline const sim::certificate_authority& authority() {
  static const sim::certificate_authority made;
  return made;
}

inline tls_server_options certified(sim::certificate_kind kind,
                                    const std::string& name = far_name) {
  const sim::certified with = authority().issue(kind, {name});
  tls_server_options options;
  options.certificate_pem = with.certificate_pem;
  options.key_pem = with.key_pem;
  return options;
}

inline tls_server make_server(sim::certificate_kind kind = sim::certificate_kind::good) {
  return tls_server(certified(kind));
}

inline tls_server make_server(tls_version least, tls_version most, std::string ciphers = {}) {
  tls_server_options options = certified(sim::certificate_kind::good);
  options.least = least;
  options.most = most;
  options.ciphers = std::move(ciphers);
  return tls_server(options);
}

inline tls_client make_client(const clock& time, tls_client_options options = {}) {
  options.ca_pem = authority().pem();
  return tls_client(time, options);
}

inline tls_request ask_for(std::string name, bool verify = true, std::string session_key = {}) {
  tls_request asked;
  asked.server_name = std::move(name);
  asked.verify = verify;
  asked.session_key = std::move(session_key);
  return asked;
}

/// Carries octets both ways, in pieces of `piece` octets, until neither side has any for the other.
inline void carry(tls_machine& a, tls_machine& b, std::size_t piece = 65'536) {
  const auto move = [piece](tls_machine& from, tls_machine& to) {
    const std::string bytes = from.take_output();
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      to.receive(std::string_view(bytes).substr(at, piece));
    }
    return !bytes.empty();
  };
  bool moved = true;
  while (moved) {
    const bool there = move(a, b);
    const bool back = move(b, a);
    moved = there || back;
  }
}

/// All the plaintext that is there.
inline std::string read_all(tls_machine& from) {
  std::string all;
  std::array<char, 1000> piece{};
  while (const std::size_t count = from.read(piece)) all.append(piece.data(), count);
  return all;
}

}  // namespace cbv::net

#endif
