#include "tests/sim/scenario_settings.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <string_view>
#include <type_traits>
#include <utility>

#include "cbv/address/mailbox.hpp"
#include "cbv/address/name_pattern.hpp"
#include "cbv/net/ip_network.hpp"

namespace cbv::sim {
namespace {

template <class Options>
using setters =
    std::map<std::string, std::function<void(Options&, const std::string&)>, std::less<>>;

template <class Choice>
Choice read_choice(std::string_view word, const std::map<std::string_view, Choice>& choices) {
  const auto found = choices.find(word);
  if (found != choices.end()) return found->second;
  std::string expected = "expected one of";
  for (const auto& [name, ignored] : choices) expected.append(" ").append(name);
  throw complaint(expected.append(", not ").append(word));
}

smtp::tls_policy read_tls(const std::string& word) {
  return read_choice<smtp::tls_policy>(word, {{"never", smtp::tls_policy::never},
                                              {"may", smtp::tls_policy::may},
                                              {"need", smtp::tls_policy::need},
                                              {"verify", smtp::tls_policy::verify}});
}

bool read_proof(const std::string& word) {
  return read_choice<bool>(word, {{"unknown", false}, {"undeliverable", true}});
}

parsed<asio::ip::address> read_address(std::string_view text) {
  error_code no_address;
  const auto address = asio::ip::make_address(std::string(text), no_address);
  if (no_address) return syntax_error("this is no IP address", 1);
  return address;
}

// Texts with commas between them, each read by `parse`.
template <class Parse>
auto read_list(std::string_view texts, Parse parse) {
  std::vector<std::decay_t<decltype(*parse(texts))>> all;
  while (!texts.empty()) {
    const std::size_t comma = std::min(texts.find(','), texts.size());
    const auto one = parse(texts.substr(0, comma));
    if (!one) throw complaint("expected a list A,B: " + to_string(one.error()));
    all.push_back(*one);
    texts.remove_prefix(std::min(comma + 1, texts.size()));
  }
  return all;
}

// Adds PREFIX+KEY for each field of `Part`, which `of` finds in the options.
template <class Options, class Part>
class adder {
 public:
  adder(setters<Options>& all, std::string prefix, std::function<Part&(Options&)> of)
      : all_(all), prefix_(std::move(prefix)), of_(std::move(of)) {}

  template <class Number>
  adder& number(const char* key, Number Part::*which) {
    return add(key, [which](Part& to, const std::string& value) {
      to.*which = static_cast<Number>(read_number(value, 1'000'000, "a number"));
    });
  }

  adder& time(const char* key, std::chrono::milliseconds Part::*which) {
    return add(key,
               [which](Part& to, const std::string& value) { to.*which = read_duration(value); });
  }

  adder& add(const char* key, std::function<void(Part&, const std::string&)> set) {
    all_[prefix_ + key] = [of = of_, set = std::move(set)](Options& to, const std::string& value) {
      set(of(to), value);
    };
    return *this;
  }

 private:
  setters<Options>& all_;
  std::string prefix_;
  std::function<Part&(Options&)> of_;
};

template <class Options>
void add_limits(setters<Options>& all, const std::string& prefix,
                std::function<callout::host_limits&(Options&)> of) {
  using limits = callout::host_limits;
  adder<Options, limits>(all, prefix, std::move(of))
      .number("connections_max", &limits::connections_max)
      .number("waiting_max", &limits::waiting_max)
      .number("sessions_per_minute", &limits::sessions_per_minute)
      .number("refusals_per_minute", &limits::refusals_per_minute)
      .number("rcpts_per_session", &limits::rcpts_per_session)
      .number("refusals_per_session", &limits::refusals_per_session)
      .time("idle", &limits::idle);
}

using world_setters = setters<test_world_options>;

void add_asking(world_setters& all) {
  using options = callout::callout_options;
  adder<test_world_options, options>(all, "",
                                     [](test_world_options& to) -> options& { return to.callout; })
      .add("tls", [](options& to, const std::string& value) { to.tls = read_tls(value); })
      .add("fallback_sender",
           [](options& to, const std::string& value) {
             const auto sender = parse_mailbox(value);
             if (!sender) throw complaint("expected an address: " + to_string(sender.error()));
             to.fallback_sender = *sender;
           })
      .add("own_addresses",
           [](options& to, const std::string& value) {
             to.own_addresses = read_list(value, read_address);
           })
      .add("catch_all_test",
           [](options& to, const std::string& value) {
             to.catch_all_test = read_choice<callout::catch_all_test>(
                 value, {{"off", callout::catch_all_test::off},
                         {"behind", callout::catch_all_test::behind},
                         {"wait", callout::catch_all_test::wait}});
           })
      .add("noop", [](options& to, const std::string& value) { to.noop = read_switch(value); })
      .add("null_sender_refused",
           [](options& to, const std::string& value) {
             to.null_sender_refused_is_undeliverable = read_proof(value);
           })
      .add("relay_denied", [](options& to, const std::string& value) {
        to.relay_denied_is_undeliverable = read_proof(value);
      });
}

void add_courtesy(world_setters& all) {
  using breaker = callout::breaker_options;
  adder<test_world_options, breaker>(
      all, "breaker.", [](test_world_options& to) -> breaker& { return to.callout.breaker; })
      .time("first", &breaker::first)
      .time("longest", &breaker::longest);
  using policy::opt_out;
  adder<test_world_options, opt_out>(
      all, "opt_out.", [](test_world_options& to) -> opt_out& { return to.callout.opt_out; })
      .add("domains",
           [](opt_out& to, const std::string& value) {
             to.domains = name_list(read_list(value, name_pattern::parse));
           })
      .add("hosts",
           [](opt_out& to, const std::string& value) {
             to.hosts = name_list(read_list(value, name_pattern::parse));
           })
      .add("networks", [](opt_out& to, const std::string& value) {
        to.networks = read_list(value, net::ip_network::parse);
      });
  using joe_job = policy::joe_job_options;
  adder<test_world_options, joe_job>(
      all, "joe_job.", [](test_world_options& to) -> joe_job& { return to.verifier.joe_job; })
      .number("clients", &joe_job::clients)
      .time("window", &joe_job::window)
      .time("pause", &joe_job::pause)
      .number("domains_max", &joe_job::domains_max);
  using listing = policy::listing_options;
  adder<test_world_options, listing>(
      all, "listing.", [](test_world_options& to) -> listing& { return to.callout.listing; })
      .number("hosts", &listing::hosts)
      .number("share_percent", &listing::share_percent)
      .time("window", &listing::window)
      .time("pause", &listing::pause)
      .number("networks_max", &listing::networks_max);
}

const world_setters& all_of_callout() {
  static const world_setters all = [] {
    world_setters made;
    add_asking(made);
    add_limits<test_world_options>(
        made, "per_host.",
        [](test_world_options& to) -> callout::host_limits& { return to.callout.per_host; });
    add_courtesy(made);
    made["own_senders"] = [](test_world_options& to, const std::string& value) {
      to.verifier.known.own_senders = read_list(value, parse_mailbox);
    };
    made["race_delay"] = [](test_world_options& to, const std::string& value) {
      to.callout.hosts.race_delay = read_duration(value);
    };
    made["callbacks_in_check"] = [](test_world_options& to, const std::string& value) {
      to.verifier.callbacks_in_check = read_switch(value);
    };
    return made;
  }();
  return all;
}

// Routes

std::string& credential(callout::route& of, std::string callout::credentials::*which) {
  if (!of.auth) of.auth.emplace();
  return *of.auth.*which;
}

using route_setters = setters<callout::route>;

const route_setters& all_of_routes() {
  using callout::route;
  static const route_setters all = [] {
    route_setters made;
    adder<route, route>(made, "", [](route& to) -> route& { return to; })
        .add("tls", [](route& to, const std::string& value) { to.tls = read_tls(value); })
        .add("user",
             [](route& to, const std::string& value) {
               credential(to, &callout::credentials::user) = value;
             })
        .add("password",
             [](route& to, const std::string& value) {
               credential(to, &callout::credentials::password) = value;
             })
        .add("mail_from",
             [](route& to, const std::string& value) {
               const auto path = parse_reverse_path(value);
               if (!path) throw complaint("expected an address: " + to_string(path.error()));
               to.mail_from = *path;
             })
        .add("backup_mx",
             [](route& to, const std::string& value) { to.backup_mx = read_switch(value); })
        .add("recipient_delimiter",
             [](route& to, const std::string& value) { to.recipient_delimiter = value; });
    add_limits<route>(made, "", [](route& to) -> callout::host_limits& { return to.limits; });
    return made;
  }();
  return all;
}

}  // namespace

std::optional<key_value> as_key_value(const field& word) {
  const std::size_t equals = word.text.find('=');
  if (word.quoted || equals == std::string::npos) return std::nullopt;
  return key_value{word.text.substr(0, equals), word.text.substr(equals + 1)};
}

bool set_callout(test_world_options& to, const key_value& given) {
  const auto known = all_of_callout().find(given.key);
  if (known == all_of_callout().end()) return false;
  known->second(to, given.value);
  return true;
}

callout::route read_route(const std::vector<field>& line) {
  if (line.size() < 3) throw complaint("expected route DOMAIN TARGET... KEY=VALUE...");
  callout::route read;
  const auto of = callout::routes::parse_domain(line[1].text);
  if (!of) throw complaint("expected a domain: " + to_string(of.error()));
  read.domain = *of;
  for (std::size_t i = 2; i < line.size(); ++i) {
    if (const auto given = as_key_value(line[i])) {
      const auto known = all_of_routes().find(given->key);
      if (known == all_of_routes().end())
        throw complaint("expected a key such as backup_mx, not " + given->key);
      known->second(read, given->value);
      continue;
    }
    const auto server = callout::routes::parse_target(line[i].text);
    if (!server) throw complaint("expected a server: " + to_string(server.error()));
    read.to.push_back(*server);
  }
  const auto wrong = contradictions(read);
  if (!wrong.empty()) throw complaint(wrong.front());
  return read;
}

}  // namespace cbv::sim
