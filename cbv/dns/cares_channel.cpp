#include "cbv/dns/cares_channel.hpp"

#include <ares.h>
#include <arpa/inet.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cassert>
#include <new>
#include <stdexcept>
#include <utility>

#include "cbv/async/event.hpp"
#include "cbv/dns/message.hpp"

namespace cbv::dns {
namespace {

constexpr int receive_octets = 1 << 20;  // many answers may come at once; the kernel may give less
constexpr int udp_octets = 1232;  // what fits everywhere without fragments (DNS flag day 2020)

error_code error_of(int status) {
  switch (status) {
    case ARES_ETIMEOUT:
      return errc::timed_out;
    case ARES_EBADNAME:
      return errc::message_malformed;
    case ARES_EDESTRUCTION:
    case ARES_ECANCELLED:
      return asio::error::operation_aborted;
    default:
      return errc::not_available;
  }
}

void throw_unless_success(int status) {
  if (status == ARES_ENOMEM) throw std::bad_alloc();
  if (status != ARES_SUCCESS) {
    throw std::runtime_error(std::string("c-ares: ") + ares_strerror(status));
  }
}

// c-ares takes the octet behind a backslash as it is, where name.hpp has three digits.
std::string as_cares_has_it(const std::string& name) {
  std::string text;
  for (std::size_t at = 0; at < name.size(); ++at) {
    text += name[at];
    if (name[at] != '\\' || name.size() - at < 4) continue;
    int octet = 0;
    for (int digits = 0; digits < 3; ++digits) octet = octet * 10 + (name[++at] - '0');
    text += static_cast<char>(octet);
  }
  return text;
}

void initialise_library() {
  static const int status = ares_library_init(ARES_LIB_INIT_ALL);
  throw_unless_success(status);
}

ares_addr_port_node node_of(const net::endpoint& server) {
  ares_addr_port_node node{};
  if (server.address.is_v4()) {
    const auto octets = server.address.to_v4().to_bytes();
    node.family = AF_INET;
    std::copy(octets.begin(), octets.end(), reinterpret_cast<unsigned char*>(&node.addr.addr4));
  } else {
    const auto octets = server.address.to_v6().to_bytes();
    node.family = AF_INET6;
    std::copy(octets.begin(), octets.end(), reinterpret_cast<unsigned char*>(&node.addr.addr6));
  }
  node.udp_port = node.tcp_port = server.port;
  return node;
}

net::endpoint endpoint_of(const ares_addr_port_node& node) {
  net::endpoint server;
  if (node.family == AF_INET) {
    server.address = asio::ip::address_v4(ntohl(node.addr.addr4.s_addr));
  } else {
    asio::ip::address_v6::bytes_type octets;
    std::copy_n(reinterpret_cast<const unsigned char*>(&node.addr.addr6), octets.size(),
                octets.begin());
    server.address = asio::ip::address_v6(octets);
  }
  server.port = node.udp_port == 0 ? 53 : static_cast<std::uint16_t>(node.udp_port);
  return server;
}

}  // namespace

// A question with c-ares. c-ares holds a reference until it answers, which it does exactly once.
struct cares_channel::pending {
  explicit pending(cares_channel& with) : channel(with) {}

  cares_channel& channel;  // there until answered: closing it answers
  event done;
  result<std::string> outcome = errc::timed_out;
};

// A descriptor of c-ares, lent to Asio. It is never closed here: release() gives it back.
struct cares_channel::watched {
  watched(const asio::any_io_executor& on, int descriptor) : socket(on, descriptor) {}

  asio::posix::stream_descriptor socket;
  bool wants_read = false;
  bool wants_write = false;
  bool waits_read = false;
  bool waits_write = false;
};

void cares_channel::ares_deleter::operator()(ares_channeldata* channel) const {
  ares_destroy(channel);
}

cares_channel::cares_channel(const asio::any_io_executor& on, const net::endpoint& server,
                             std::chrono::milliseconds timeout)
    : executor_(on), timeout_(timeout), timer_(on) {
  initialise_library();
  // Everything that c-ares would read from the machine's settings is set here.
  std::string no_file = "/dev/null";
  std::string lookups = "b";
  ares_options options{};
  // NOCHECKRESP: SERVFAIL and REFUSED are for us to see. No IGNTC: truncated answers go to TCP.
  options.flags = ARES_FLAG_EDNS | ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_NOCHECKRESP;
  options.timeout = static_cast<int>(timeout_.count());
  options.tries = 1;
  options.ndots = 1;
  options.ednspsz = udp_octets;
  options.socket_receive_buffer_size = receive_octets;
  options.lookups = lookups.data();
  options.resolvconf_path = no_file.data();
  options.sock_state_cb = &cares_channel::on_socket;
  options.sock_state_cb_data = this;
  constexpr int given = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_NDOTS |
                        ARES_OPT_EDNSPSZ | ARES_OPT_SOCK_RCVBUF | ARES_OPT_LOOKUPS |
                        ARES_OPT_RESOLVCONF | ARES_OPT_DOMAINS | ARES_OPT_SOCK_STATE_CB;
  ares_channeldata* made = nullptr;
  throw_unless_success(ares_init_options(&made, &options, given));
  ares_.reset(made);
  ares_addr_port_node node = node_of(server);
  throw_unless_success(ares_set_servers_ports(made, &node));
}

cares_channel::~cares_channel() {
  close();
}

void cares_channel::close() {
  timer_.cancel();
  ares_.reset();  // answers all questions and gives back all descriptors
  assert(sockets_.empty() && open_questions_ == 0);
}

awaitable<result<std::string>> cares_channel::ask(std::string name, record_type type) {
  const auto asked = std::make_shared<pending>(*this);
  send(name, type, asked);
  co_await asked->done.wait();  // *this may be gone from here on
  co_return std::move(asked->outcome);
}

void cares_channel::send(const std::string& name, record_type type,
                         const std::shared_ptr<pending>& asked) {
  if (!ares_) {
    asked->outcome = error_code(asio::error::operation_aborted);
    asked->done.set();
    return;
  }
  auto reference = std::make_unique<std::shared_ptr<pending>>(asked);
  ++open_questions_;
  ares_query(ares_.get(), as_cares_has_it(name).c_str(), class_in, static_cast<int>(type),
             &cares_channel::on_answer, reference.release());
  // All questions time out alike, so the timer that runs for an older one is early enough.
  if (open_questions_ > 0 && !timer_runs_) wait_for_timeouts(timeout_);
}

void cares_channel::on_answer(void* asked, int status, int, unsigned char* octets, int size) {
  const std::unique_ptr<std::shared_ptr<pending>> reference(
      static_cast<std::shared_ptr<pending>*>(asked));
  pending& answered = **reference;
  if (octets != nullptr && size >= 0) {
    answered.outcome =
        std::string(reinterpret_cast<const char*>(octets), static_cast<std::size_t>(size));
  } else {
    answered.outcome = error_of(status);
  }
  answered.done.set();
  answered.channel.answered();
}

void cares_channel::answered() {
  if (--open_questions_ > 0) return;
  timer_.cancel();
  timer_runs_ = false;
}

void cares_channel::on_socket(void* self, int descriptor, int readable, int writable) {
  static_cast<cares_channel*>(self)->watch(descriptor, readable != 0, writable != 0);
}

void cares_channel::watch(int descriptor, bool readable, bool writable) {
  const auto found = sockets_.find(descriptor);
  if (!readable && !writable) {  // c-ares is about to close it
    if (found == sockets_.end()) return;
    found->second->socket.release();
    sockets_.erase(found);
    return;
  }
  if (found == sockets_.end()) {
    sockets_.emplace(descriptor, std::make_shared<watched>(executor_, descriptor));
  }
  const std::shared_ptr<watched> socket = sockets_.at(descriptor);
  socket->wants_read = readable;
  socket->wants_write = writable;
  wait_readable(socket);
  wait_writable(socket);
}

void cares_channel::wait_readable(const std::shared_ptr<watched>& socket) {
  if (!socket->socket.is_open() || !socket->wants_read || socket->waits_read) return;
  socket->waits_read = true;
  socket->socket.async_wait(asio::posix::stream_descriptor::wait_read,
                            [self = shared_from_this(), socket](const error_code& failed) {
                              socket->waits_read = false;
                              if (failed || !socket->socket.is_open())
                                return;  // given back in the meantime
                              ares_process_fd(self->ares_.get(), socket->socket.native_handle(),
                                              ARES_SOCKET_BAD);
                              self->wait_readable(socket);
                            });
}

void cares_channel::wait_writable(const std::shared_ptr<watched>& socket) {
  if (!socket->socket.is_open() || !socket->wants_write || socket->waits_write) return;
  socket->waits_write = true;
  socket->socket.async_wait(asio::posix::stream_descriptor::wait_write,
                            [self = shared_from_this(), socket](const error_code& failed) {
                              socket->waits_write = false;
                              if (failed || !socket->socket.is_open()) return;
                              ares_process_fd(self->ares_.get(), ARES_SOCKET_BAD,
                                              socket->socket.native_handle());
                              self->wait_writable(socket);
                            });
}

// ares_timeout() walks over all open questions, so it is asked when a timer ends and not for each
// question.
void cares_channel::wait_for_timeouts(std::chrono::microseconds at_most) {
  timer_runs_ = true;
  timer_.expires_after(at_most + std::chrono::milliseconds(1));
  timer_.async_wait([self = shared_from_this()](const error_code& failed) {
    if (failed || !self->ares_) return;
    self->timer_runs_ = false;
    ares_process_fd(self->ares_.get(), ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    timeval left{};
    if (self->ares_ && ares_timeout(self->ares_.get(), nullptr, &left) != nullptr) {
      self->wait_for_timeouts(std::chrono::seconds(left.tv_sec) +
                              std::chrono::microseconds(left.tv_usec));
    }
  });
}

std::vector<net::endpoint> read_resolv_conf(const std::string& path) {
  initialise_library();
  std::string file = path;
  std::string lookups = "b";
  ares_options options{};
  options.resolvconf_path = file.data();
  options.lookups = lookups.data();
  ares_channeldata* made = nullptr;
  throw_unless_success(ares_init_options(
      &made, &options, ARES_OPT_RESOLVCONF | ARES_OPT_LOOKUPS | ARES_OPT_DOMAINS));
  const std::unique_ptr<ares_channeldata, decltype(&ares_destroy)> channel(made, &ares_destroy);
  ares_addr_port_node* nodes = nullptr;
  throw_unless_success(ares_get_servers_ports(made, &nodes));
  const std::unique_ptr<ares_addr_port_node, void (*)(void*)> list(nodes, &ares_free_data);
  std::vector<net::endpoint> servers;
  for (const ares_addr_port_node* node = nodes; node != nullptr; node = node->next) {
    servers.push_back(endpoint_of(*node));
  }
  return servers;
}

}  // namespace cbv::dns
