#include "tools/cbvd/certificate.hpp"

#include <exception>
#include <utility>

#include "cbv/base/file.hpp"

namespace cbv::cbvd {

std::string certificate::read() {
  watched_.mark();
  net::tls_server_options options;
  const auto take = [](const std::string& file, std::string& into) -> std::string {
    auto text = read_file(file);
    if (!text) return file + ": " + text.error().message();
    into = *std::move(text);
    return {};
  };
  if (auto wrong = take(files_.certificate, options.certificate_pem); !wrong.empty()) return wrong;
  const std::string& key = files_.key.empty() ? files_.certificate : files_.key;
  if (auto wrong = take(key, options.key_pem); !wrong.empty()) return wrong;
  if (!files_.client_ca.empty()) {
    if (auto wrong = take(files_.client_ca, options.client_ca_pem); !wrong.empty()) return wrong;
    if (options.client_ca_pem.empty()) return files_.client_ca + ": there is nothing in it";
  }
  try {
    keys_ = std::make_shared<net::tls_server>(options);
  } catch (const std::exception& wrong) {
    return files_.certificate + ": " + wrong.what();
  }
  return {};
}

}  // namespace cbv::cbvd
