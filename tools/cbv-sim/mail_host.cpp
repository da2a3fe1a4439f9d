#include "tools/cbv-sim/mail_host.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tools/cbv-sim/script_session.hpp"
#include "tools/cbv-sim/secure_session.hpp"
#include "tools/cbv-sim/smtp_session.hpp"

namespace cbv::sim {

namespace {

// Whom the certificate names: the host as it greets, or all of a range, and its address.
std::vector<std::string> names_of(const host& described) {
  std::vector<std::string> names;
  const std::string& name = described.tls.name.empty() ? described.name : described.tls.name;
  const std::size_t dot = name.find('.');
  if (has_number(name) && dot != std::string::npos) {
    names.push_back('*' + name.substr(dot));
  } else if (!name.starts_with('[')) {
    names.push_back(name);
  }
  if (!described.is_range && described.path.empty()) names.push_back(described.first.to_string());
  if (names.empty()) names.emplace_back("localhost");
  return names;
}

net::tls_server_options options_of(const host& described, const certificate_authority& signs) {
  const certified made = signs.issue(described.tls.certificate, names_of(described));
  net::tls_server_options options;
  options.certificate_pem = made.certificate_pem;
  options.key_pem = made.key_pem;
  options.least = described.tls.least;
  options.most = described.tls.most;
  options.tickets =
      false;  // their lengths differ from time to time, and a world is to play the same
  return options;
}

}  // namespace

mail_host::mail_host(const host& described, event_sink sink, const certificate_authority* signs)
    : described_(described), sink_(std::move(sink)), signs_(signs) {}

std::unique_ptr<session> mail_host::accept(const asio::ip::address& address,
                                           const asio::ip::address& client, time_point now) {
  host_counts& counts = counts_[address];
  auto link = std::make_unique<connection>(described_, counts, seen_, sink_, address, client,
                                           ++connections_, now);
  connection& book = *link;
  std::unique_ptr<session> made;
  if (described_.scripts.empty()) {
    made = std::make_unique<smtp_session>(std::move(link), now);
  } else {
    const std::size_t turn = std::min<std::size_t>(counts.connections, described_.scripts.size());
    made = std::make_unique<script_session>(std::move(link), described_.scripts[turn - 1], now);
  }
  if (!described_.tls.offered) return made;
  return std::make_unique<secure_session>(std::move(made), book, keys(), now);
}

net::tls_server& mail_host::keys() {
  if (!keys_) {
    const certificate_authority nobody_knows;
    const certificate_authority& signs = signs_ != nullptr ? *signs_ : nobody_knows;
    keys_ = std::make_unique<net::tls_server>(options_of(described_, signs));
  }
  return *keys_;
}

host_counts mail_host::total() const {
  host_counts sum;
  for (const auto& [address, counts] : counts_) sum += counts;
  return sum;
}

}  // namespace cbv::sim
