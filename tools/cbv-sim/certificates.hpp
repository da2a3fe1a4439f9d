// Certificates for hosts that are made up, made while one waits.
#ifndef CBV_TOOLS_CBV_SIM_CERTIFICATES_HPP
#define CBV_TOOLS_CBV_SIM_CERTIFICATES_HPP

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct evp_pkey_st;
struct x509_st;

namespace cbv::sim {

/// What is wrong with a certificate, if anything is.
enum class certificate_kind : std::uint8_t { good, self_signed, expired, wrong_name };

/// A certificate and its key, in PEM.
struct certified {
  std::string certificate_pem;
  std::string key_pem;
};

/// An authority of its own, and what it signs. All keys are Ed25519, whose signatures have one
/// length: so that a dialogue in TLS has the same lengths each time it is played.
class certificate_authority {
 public:
  /// Throws std::runtime_error if OpenSSL cannot make one.
  certificate_authority();

  /// Its own certificate: who trusts it takes the good ones.
  const std::string& pem() const noexcept { return pem_; }

  /// A certificate for host names, which may begin with "*.", and IP addresses; at least one. One
  /// of the wrong name is for "wrong.invalid". Throws std::runtime_error.
  certified issue(certificate_kind kind, std::vector<std::string> names) const;

 private:
  struct key_deleter {
    void operator()(evp_pkey_st* each) const noexcept;
  };
  struct certificate_deleter {
    void operator()(x509_st* each) const noexcept;
  };

  std::unique_ptr<evp_pkey_st, key_deleter> key_;
  std::unique_ptr<x509_st, certificate_deleter> certificate_;
  std::string pem_;
};

}  // namespace cbv::sim

#endif
