#include "cbv/dns/cares_resolver.hpp"

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>
#include <stdexcept>
#include <utility>
#include <variant>

#include "cbv/async/deadline.hpp"
#include "cbv/async/gate.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/dns/cares_channel.hpp"
#include "cbv/dns/message.hpp"
#include "cbv/dns/name.hpp"
#include "cbv/dns/response.hpp"

namespace cbv::dns {
namespace {

constexpr std::uint16_t default_port = 53;
constexpr int redirects_max = 8;  // CNAMEs that lead out of an answer
constexpr std::chrono::seconds silence_remembered{30};

// One server, and until when it is asked after the others because it was silent.
struct server {
  net::endpoint at;
  std::shared_ptr<cares_channel> channel;
  time_point last_until{};
};

// What name.hpp calls a name in text, written as it writes it, but for NUL octets.
bool can_be_asked_for(std::string_view name) {
  const result<std::string> wire = name_to_wire(name);
  if (!wire || wire->find('\0') != wire->size() - 1) return false;
  std::size_t at = 0;
  const result<std::string> text = read_name(*wire, at);
  return text && *text == name;
}

lookup_status status_of(error_code failed) {
  if (failed == errc::timed_out) return lookup_status::timed_out;
  if (failed == errc::message_malformed) return lookup_status::malformed;
  return lookup_status::server_failure;
}

finding ended(lookup_status status) {
  finding none;
  none.status = status;
  return none;
}

std::vector<net::endpoint> servers_of(const cares_options& options) {
  if (options.servers.empty()) return read_resolv_conf(options.resolv_conf);
  std::vector<net::endpoint> servers;
  for (const std::string& text : options.servers) {
    const parsed<net::endpoint> at = parse_server(text);
    if (!at) throw std::invalid_argument("DNS server " + text + ": " + to_string(at.error()));
    servers.push_back(*at);
  }
  return servers;
}

}  // namespace

parsed<net::endpoint> parse_server(std::string_view text) {
  boost::system::error_code no_address;
  const auto address = asio::ip::make_address(text, no_address);
  if (!no_address) return net::endpoint{address, default_port};
  parsed<net::endpoint> at = net::parse_endpoint(text);
  if (at && at->port == 0) return syntax_error{"port 0 is no DNS server's", text.size()};
  return at;
}

// Shared by the resolver and its askers, so that these end well when it is destroyed.
struct cares_resolver::state {
  timer& time;
  int tries;
  gate questions;
  std::vector<server> servers;

  // The servers in the order in which they are to be asked now.
  std::vector<server*> in_order() {
    std::vector<server*> order;
    for (server& one : servers) order.push_back(&one);
    const time_point now = time.now();
    std::stable_partition(order.begin(), order.end(),
                          [&](const server* one) { return one->last_until <= now; });
    return order;
  }
};

namespace {

// What came of one try at one server.
struct attempt {
  finding found;
  bool may_repeat = false;  // the same server may say something else the next time
};

awaitable<attempt> ask_one(timer& time, server& of, question asked) {
  std::string name = asked.name;
  const result<std::string> octets = co_await of.channel->ask(std::move(name), asked.type);
  if (!octets && octets.error() == asio::error::operation_aborted) {
    throw boost::system::system_error(octets.error());
  }
  if (!octets) {
    of.last_until = time.now() + silence_remembered;
    co_return attempt{ended(status_of(octets.error())), true};
  }
  of.last_until = {};
  const result<message> response = parse_message(*octets);
  if (!response) co_return attempt{ended(lookup_status::malformed), false};
  // c-ares leaves EDNS away from the first FORMERR on, but tells us of the second that is on its
  // way by then.
  const bool was_edns = response->code == response_code::format_error;
  co_return attempt{read_response(*response, asked), was_edns};
}

template <class State>
awaitable<finding> ask_servers(std::shared_ptr<State> shared, question asked) {
  finding last = ended(lookup_status::timed_out);
  std::vector<server*> order = shared->in_order();
  for (int round = 0; round < shared->tries && !order.empty(); ++round) {
    std::vector<server*> again;
    for (server* one : order) {
      question copy = asked;
      const attempt made = co_await ask_one(shared->time, *one, std::move(copy));
      if (is_authoritative(made.found.status)) co_return made.found;
      if (last.status == lookup_status::timed_out) last = made.found;
      if (made.may_repeat) again.push_back(one);
    }
    order = std::move(again);
  }
  co_return last;
}

// Asks until there is an answer, or a CNAME that leads nowhere.
template <class State>
awaitable<result<finding>> follow(std::shared_ptr<State> shared, question asked) {
  std::chrono::seconds ttl = std::chrono::seconds::max();
  for (int redirects = 0; redirects <= redirects_max; ++redirects) {
    // .onion is not of the DNS, and does not exist in it (RFC 7686 section 2).
    if (is_at_or_below(asked.name, "onion")) co_return ended(lookup_status::nx_domain);
    if (!can_be_asked_for(asked.name)) co_return ended(lookup_status::malformed);
    question copy = asked;
    finding found = co_await ask_servers(shared, std::move(copy));
    if (!is_authoritative(found.status)) co_return found;
    ttl = found.ttl = std::min(ttl, found.ttl);
    if (!found.next) co_return found;
    asked.name = *std::move(found.next);
  }
  co_return ended(lookup_status::server_failure);
}

template <class Record, class State>
awaitable<answer<Record>> look_up(std::shared_ptr<State> shared, std::string name, record_type type,
                                  time_point deadline) {
  answer<Record> end;
  end.status = lookup_status::timed_out;
  if (deadline <= shared->time.now()) co_return end;
  // Thousands may wait here: what is larger is begun once it is their turn.
  const result<gate::pass> inside = co_await shared->questions.enter_until(shared->time, deadline);
  if (!inside) {
    if (inside.error() != errc::timed_out) end.status = lookup_status::server_failure;
    co_return end;
  }
  question asked{ascii::to_lower(name), type, class_in};
  awaitable<result<finding>> asking = follow(shared, std::move(asked));
  const result<finding> found = co_await with_deadline(shared->time, deadline, std::move(asking));
  if (!found) co_return end;  // the deadline: nothing else is an error here
  end.status = found->status;
  end.ttl = found->ttl;
  for (const record_data& data : found->records) end.records.push_back(std::get<Record>(data));
  co_return end;
}

}  // namespace

cares_resolver::cares_resolver(const asio::any_io_executor& on, timer& time,
                               const cares_options& options) {
  if (options.tries < 1 || options.try_timeout < std::chrono::milliseconds(1) ||
      options.questions_at_once < 1) {
    throw std::invalid_argument("DNS options: tries, time limit and questions must be at least 1");
  }
  state_ = std::make_shared<state>(state{time, options.tries, gate(options.questions_at_once), {}});
  for (const net::endpoint& at : servers_of(options)) {
    auto channel = std::make_shared<cares_channel>(on, at, options.try_timeout);
    state_->servers.push_back(server{at, std::move(channel)});
  }
}

cares_resolver::~cares_resolver() {
  for (const server& one : state_->servers) one.channel->close();
}

awaitable<answer<mx_record>> cares_resolver::mx(std::string name, time_point deadline) {
  return look_up<mx_record>(state_, std::move(name), record_type::mx, deadline);
}

awaitable<answer<asio::ip::address_v4>> cares_resolver::a(std::string name, time_point deadline) {
  return look_up<asio::ip::address_v4>(state_, std::move(name), record_type::a, deadline);
}

awaitable<answer<asio::ip::address_v6>> cares_resolver::aaaa(std::string name,
                                                             time_point deadline) {
  return look_up<asio::ip::address_v6>(state_, std::move(name), record_type::aaaa, deadline);
}

awaitable<answer<text_data>> cares_resolver::txt(std::string name, time_point deadline) {
  return look_up<text_data>(state_, std::move(name), record_type::txt, deadline);
}

awaitable<answer<name_data>> cares_resolver::ptr(std::string name, time_point deadline) {
  return look_up<name_data>(state_, std::move(name), record_type::ptr, deadline);
}

std::vector<net::endpoint> cares_resolver::servers() const {
  std::vector<net::endpoint> all;
  for (const server& one : state_->servers) all.push_back(one.at);
  return all;
}

}  // namespace cbv::dns
