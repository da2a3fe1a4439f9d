// The DNS of a described world, as the resolver that cbv asks.
#ifndef CBV_TESTS_SIM_SIM_DNS_HPP
#define CBV_TESTS_SIM_SIM_DNS_HPP

#include <chrono>
#include <cstdint>
#include <string>

#include "cbv/async/timer.hpp"
#include "cbv/base/random.hpp"
#include "cbv/dns/resolver.hpp"
#include "cbv/dns/response.hpp"
#include "tools/cbv-sim/zone.hpp"

namespace cbv::sim {

/// How the way to the server is. Chances are in a thousand.
struct sim_dns_options {
  std::chrono::milliseconds round_trip{2};
  unsigned server_failure = 0;  // that a question ends in SERVFAIL
  unsigned lost = 0;            // that a question is not answered
  std::uint64_t seed = 1;
};

/// Puts each question into octets, lets the zone answer it in octets, and reads these: over UDP,
/// and over TCP if the answer was cut. Nothing is kept. Belongs to one thread.
class sim_dns final : public dns::resolver {
 public:
  /// `time` and `answering` outlive the resolver.
  sim_dns(timer& time, const zone& answering, sim_dns_options options = {})
      : time_(time), zone_(answering), options_(options), chance_(options.seed) {}

  awaitable<dns::answer<dns::mx_record>> mx(std::string name, time_point deadline) override;
  awaitable<dns::answer<asio::ip::address_v4>> a(std::string name, time_point deadline) override;
  awaitable<dns::answer<asio::ip::address_v6>> aaaa(std::string name, time_point deadline) override;
  awaitable<dns::answer<dns::text_data>> txt(std::string name, time_point deadline) override;
  awaitable<dns::answer<dns::name_data>> ptr(std::string name, time_point deadline) override;

  /// Questions that were put to the server.
  std::uint64_t questions() const noexcept { return questions_; }

 private:
  template <class Record>
  awaitable<dns::answer<Record>> look_up(std::string name, dns::record_type type,
                                         time_point deadline);
  awaitable<dns::finding> ask(dns::question asked, time_point deadline);
  bool happens(unsigned chance) { return chance > 0 && chance_() % 1000 < chance; }

  timer& time_;
  const zone& zone_;
  sim_dns_options options_;
  seeded_random chance_;
  std::uint64_t questions_ = 0;
};

}  // namespace cbv::sim

#endif
