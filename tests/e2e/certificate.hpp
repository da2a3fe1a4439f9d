// A key and a certificate that signs itself, as many a mail host has one.
#ifndef CBV_TESTS_E2E_CERTIFICATE_HPP
#define CBV_TESTS_E2E_CERTIFICATE_HPP

#include <filesystem>
#include <string>

namespace cbv::e2e {

struct certificate {
  std::filesystem::path certificate_file;  // PEM
  std::filesystem::path key_file;          // PEM, without a password
};

/// Makes both in `folder` for the host name, with the openssl program. Throws std::runtime_error
/// with what that says if it fails.
certificate make_certificate(const std::filesystem::path& folder, const std::string& host);

}  // namespace cbv::e2e

#endif
