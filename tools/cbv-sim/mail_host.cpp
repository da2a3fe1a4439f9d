#include "tools/cbv-sim/mail_host.hpp"

#include <algorithm>
#include <utility>

#include "tools/cbv-sim/script_session.hpp"
#include "tools/cbv-sim/smtp_session.hpp"

namespace cbv::sim {

mail_host::mail_host(const host& described, event_sink sink)
    : described_(described), sink_(std::move(sink)) {}

std::unique_ptr<session> mail_host::accept(const asio::ip::address& address,
                                           const asio::ip::address& client, time_point now) {
  host_counts& counts = counts_[address];
  auto link = std::make_unique<connection>(described_, counts, seen_, sink_, address, client,
                                           ++connections_, now);
  if (described_.scripts.empty()) return std::make_unique<smtp_session>(std::move(link), now);
  const std::size_t turn = std::min<std::size_t>(counts.connections, described_.scripts.size());
  return std::make_unique<script_session>(std::move(link), described_.scripts[turn - 1], now);
}

host_counts mail_host::total() const {
  host_counts sum;
  for (const auto& [address, counts] : counts_) sum += counts;
  return sum;
}

}  // namespace cbv::sim
