#include "tests/e2e/certificate.hpp"

#include <stdexcept>

#include "tests/e2e/process.hpp"

namespace cbv::e2e {

certificate make_certificate(const std::filesystem::path& folder, const std::string& host) {
  certificate made{folder / (host + ".pem"), folder / (host + ".key")};
  const auto finished =
      run({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
           "-nodes", "-days", "2", "-subj", "/CN=" + host, "-addext", "subjectAltName=DNS:" + host,
           "-keyout", made.key_file, "-out", made.certificate_file},
          folder);
  if (finished.exit_status != 0) {
    throw std::runtime_error("openssl made no certificate: " + finished.errors);
  }
  return made;
}

}  // namespace cbv::e2e
