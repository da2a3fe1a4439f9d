// The certificate of a listener, and when it is to be read anew.
#ifndef CBV_TOOLS_CBVD_CERTIFICATE_HPP
#define CBV_TOOLS_CBVD_CERTIFICATE_HPP

#include <memory>
#include <string>

#include "cbv/net/tls_server.hpp"
#include "tools/cbvd/watched_files.hpp"

namespace cbv::cbvd {

/// Files in PEM. A certificate comes first in its file, then those that lead to a trusted one; the
/// key may stand in the same file.
struct certificate_files {
  std::string certificate;
  std::string key;        // empty: that of the certificate
  std::string client_ca;  // clients need a certificate of one of these; empty: they need none

  friend bool operator==(const certificate_files&, const certificate_files&) = default;
};

/// Belongs to one thread.
class certificate {
 public:
  explicit certificate(const certificate_files& files)
      : files_(files), watched_({files.certificate, files.key, files.client_ca}) {}

  /// Reads the files. What is wrong with them; empty if nothing is. What was read before stays in
  /// use then, and connections keep what they began with in any case.
  std::string read();

  /// Whether a file is not what it was at the last read(), as far as its times and sizes say.
  bool has_changed() const { return watched_.have_changed(); }

  /// What was read last. Null before the first read() that went well.
  std::shared_ptr<net::tls_server> keys() const { return keys_; }

  const certificate_files& files() const noexcept { return files_; }

 private:
  certificate_files files_;
  watched_files watched_;
  std::shared_ptr<net::tls_server> keys_;  // shared with the connections that shake hands
};

}  // namespace cbv::cbvd

#endif
