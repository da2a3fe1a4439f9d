// What went wrong in TLS, in words.
#ifndef CBV_NET_TLS_ERROR_HPP
#define CBV_NET_TLS_ERROR_HPP

#include <string>

struct ssl_st;

namespace cbv::net {

/// Why the last call on `of` failed, from the calling thread's queue of OpenSSL, which it empties:
/// "certificate verify failed: self-signed certificate", "the peer's alert: handshake failure",
/// "wrong version number". Never empty.
std::string take_tls_error(const ssl_st* of);

/// The same for what belongs to no connection: keys, certificates, settings.
std::string take_tls_error();

}  // namespace cbv::net

#endif
