#include "tools/cbv-probe/direct_asker.hpp"

#include <boost/asio/ip/host_name.hpp>
#include <utility>

#include "api/protocol.hpp"
#include "cbv/address/mailbox.hpp"
#include "cbv/base/random.hpp"
#include "cbv/callout/callout.hpp"
#include "cbv/dns/caching_resolver.hpp"
#include "cbv/dns/cares_resolver.hpp"
#include "cbv/net/tcp_dialer.hpp"
#include "cbv/net/tls_client.hpp"
#include "cbv/verdict/advice.hpp"
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
  callouts.patience = asked.timeout;
  callouts.per_host.idle = std::chrono::milliseconds(0);  // nothing is asked twice
  callouts.catch_all_test = callout::catch_all_test::wait;
  return callouts;
}

/// Knows nothing of any domain.
class forgetful_memory final : public domain_memory {
 public:
  domain_facts facts(role, const domain&, wall_time) override { return {}; }
  void note_null_sender(role, const domain&, bool, wall_time) override {}
  void note_catch_all(role, const domain&, catch_all, wall_time) override {}
  bool is_catch_all_test_due(role, const domain&, wall_time) override { return true; }
  void forget(const domain&) override {}
};

class direct_asker final : public asker {
 public:
  direct_asker(const asio::any_io_executor& executor, timer& time, const options& asked,
               dialogue_sink heard)
      : heard_(std::move(heard)),
        time_(time),
        upstream_(executor, time_, dns::cares_options{.servers = asked.dns_servers}),
        names_(upstream_, time_, {}),
        tls_(time_),
        callouts_(executor, names_, dialer_, tls_, time_, chance_, memory_, counted_,
                  callout_options_of(asked)) {}

  awaitable<result<std::string>> ask(request one) override {
    const time_point started = time_.now();
    const wall_time asked_at = time_.wall_now();
    const auto dialogue = std::make_shared<smtp::transcript>();
    verdict made = co_await judge(one, dialogue);
    if (heard_ && !dialogue->lines().empty()) heard_(one.address, to_string(*dialogue));
    made.checked_at = asked_at;
    made.elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(time_.now() - started);
    co_return api::render_verdict(one.address, made, advise(made, one.role, {}));
  }

 private:
  awaitable<verdict> judge(const request& one, std::shared_ptr<smtp::transcript> dialogue) {
    query asked;
    asked.address = one.address;
    asked.role = one.role;
    auto about = subject_of(asked);
    if (!about) co_return std::move(about).error();
    auto found = co_await callouts_.ask(one.role, *std::move(about), dialogue);
    if (found.errand) {
      callout::catch_all_errand errand = *found.errand;
      const catch_all takes_any = co_await callouts_.test_catch_all(std::move(errand), dialogue);
      callout::note_catch_all(found.made, takes_any);
    }
    co_return std::move(found.made);
  }

  dialogue_sink heard_;
  timer& time_;
  seeded_random chance_{system_seed()};
  dns::cares_resolver upstream_;
  dns::caching_resolver names_;
  net::tcp_dialer dialer_;
  net::tls_client tls_;
  forgetful_memory memory_;
  tally counted_;  // of no one's interest
  callout::callout callouts_;
};

}  // namespace

std::unique_ptr<asker> make_direct_asker(const asio::any_io_executor& executor, timer& time,
                                         const options& asked, dialogue_sink heard) {
  return std::make_unique<direct_asker>(executor, time, asked, std::move(heard));
}

}  // namespace cbv::probe
