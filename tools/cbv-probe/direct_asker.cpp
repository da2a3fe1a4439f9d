#include "tools/cbv-probe/direct_asker.hpp"

#include <boost/asio/ip/host_name.hpp>
#include <utility>

#include "api/advice.hpp"
#include "api/protocol.hpp"
#include "cbv/address/mailbox.hpp"
#include "cbv/base/random.hpp"
#include "cbv/callout/callout.hpp"
#include "cbv/dns/caching_resolver.hpp"
#include "cbv/dns/cares_resolver.hpp"
#include "cbv/net/tcp_dialer.hpp"
#include "cbv/smtp/prober.hpp"
#include "cbv/verifier/subject.hpp"

namespace cbv::probe {
namespace {

callout::callout_options callout_options_of(const options& asked) {
  callout::callout_options callouts;
  error_code no_name;
  callouts.helo_name = asked.helo_name.empty() ? asio::ip::host_name(no_name) : asked.helo_name;
  if (!asked.mail_from.empty()) callouts.mail_from = *parse_reverse_path(asked.mail_from);
  callouts.port = asked.port;
  callouts.family = asked.family;
  for (const std::string& network : asked.permit_networks) {
    callouts.permit_networks.push_back(*net::ip_network::parse(network));
  }
  callouts.total_limit = asked.timeout;
  return callouts;
}

class direct_asker final : public asker {
 public:
  direct_asker(const asio::any_io_executor& executor, timer& time, const options& asked,
               dialogue_sink heard)
      : heard_(std::move(heard)),
        time_(time),
        upstream_(executor, time_, dns::cares_options{.servers = asked.dns_servers}),
        names_(upstream_, time_, {}),
        prober_(dialer_, time_),
        callouts_(names_, prober_, time_, chance_, callout_options_of(asked)) {}

  awaitable<result<std::string>> ask(request one) override {
    const time_point started = time_.now();
    const wall_time asked_at = time_.wall_now();
    smtp::transcript dialogue;
    verdict made = co_await judge(one, &dialogue);
    if (heard_ && !dialogue.lines().empty()) heard_(one.address, to_string(dialogue));
    made.checked_at = asked_at;
    made.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(time_.now() - started);
    co_return api::render_verdict(one.address, made, api::advise(made, one.role, {}));
  }

 private:
  awaitable<verdict> judge(const request& one, smtp::transcript* dialogue) {
    query asked;
    asked.address = one.address;
    asked.role = one.role;
    auto about = subject_of(asked);
    if (!about) co_return std::move(about).error();
    auto found = co_await callouts_.ask(*std::move(about), dialogue);
    co_return std::move(found.made);
  }

  dialogue_sink heard_;
  timer& time_;
  seeded_random chance_{system_seed()};
  dns::cares_resolver upstream_;
  dns::caching_resolver names_;
  net::tcp_dialer dialer_;
  smtp::prober prober_;
  callout::callout callouts_;
};

}  // namespace

std::unique_ptr<asker> make_direct_asker(const asio::any_io_executor& executor, timer& time,
                                         const options& asked, dialogue_sink heard) {
  return std::make_unique<direct_asker>(executor, time, asked, std::move(heard));
}

}  // namespace cbv::probe
