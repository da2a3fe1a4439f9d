#include "tools/cbv-sim/internet.hpp"

namespace cbv::sim {

internet::internet(const world& described, const event_sink& sink) : described_(described) {
  for (const host& each : described.hosts) hosts_.emplace_back(each, sink, &authority_);
}

reachability internet::reach(const asio::ip::address& address) const {
  const host* const there = described_.host_at(address);
  return there == nullptr ? reachability::dead : there->reach;
}

std::unique_ptr<session> internet::connect(const asio::ip::address& address,
                                           const asio::ip::address& client, time_point now) {
  return accept(described_.host_at(address), address, client, now);
}

std::unique_ptr<session> internet::connect_local(const std::string& path, time_point now) {
  return accept(described_.host_at(path), {}, {}, now);
}

std::unique_ptr<session> internet::accept(const host* there, const asio::ip::address& address,
                                          const asio::ip::address& client, time_point now) {
  if (there == nullptr || there->reach != reachability::open) return nullptr;
  const auto place = static_cast<std::size_t>(there - described_.hosts.data());
  return hosts_[place].accept(address, client, now);
}

const mail_host* internet::host_at(const asio::ip::address& address) const {
  const host* const there = described_.host_at(address);
  if (there == nullptr) return nullptr;
  return &hosts_[static_cast<std::size_t>(there - described_.hosts.data())];
}

host_counts internet::total() const {
  host_counts sum;
  for (const mail_host& each : hosts_) sum += each.total();
  return sum;
}

}  // namespace cbv::sim
