// The real DNS: c-ares, over several servers.
#ifndef CBV_DNS_CARES_RESOLVER_HPP
#define CBV_DNS_CARES_RESOLVER_HPP

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "cbv/address/syntax_error.hpp"
#include "cbv/async/timer.hpp"
#include "cbv/dns/resolver.hpp"
#include "cbv/net/endpoint.hpp"

namespace cbv::dns {

struct cares_options {
  // Recursive servers, in the order in which they are asked: ADDRESS, ADDRESS:PORT or
  // [ADDRESS]:PORT. None: those that `resolv_conf` names.
  std::vector<std::string> servers;
  std::string resolv_conf = "/etc/resolv.conf";
  std::chrono::milliseconds try_timeout{2000};  // for one answer of one server
  int tries = 3;                                // rounds over the servers that were silent
  std::size_t questions_at_once = 400;          // more than that wait: answers must fit the buffers
};

/// Reads a server as cares_options has it; the port is 53 if none is given.
parsed<net::endpoint> parse_server(std::string_view text);

/// Asks recursive servers over UDP with EDNS (1232 octets), and over TCP what is truncated. A
/// server that is silent, or that answers with trouble (SERVFAIL, REFUSED, a malformed or lame
/// answer), is followed by the next one, until one states something. One that was silent is asked
/// last for half a minute. CNAMEs that lead out of an answer are followed up to 8 times.
///
/// The trouble reported is the first that a server spoke of, else timed_out. A name that is
/// not as resolver has it, or that has a NUL octet in it, which c-ares cannot ask for, is
/// `malformed` and not asked for.
class cares_resolver final : public resolver {
 public:
  /// Runs on `on`, which belongs to one thread; `time` outlives it and all who ask. Throws
  /// std::invalid_argument for a server that cannot be read or options out of range.
  cares_resolver(const asio::any_io_executor& on, timer& time, const cares_options& options);

  /// Those who still wait see asio::error::operation_aborted thrown. The io_context must live.
  ~cares_resolver() override;

  awaitable<answer<mx_record>> mx(std::string name, time_point deadline) override;
  awaitable<answer<asio::ip::address_v4>> a(std::string name, time_point deadline) override;
  awaitable<answer<asio::ip::address_v6>> aaaa(std::string name, time_point deadline) override;
  awaitable<answer<text_data>> txt(std::string name, time_point deadline) override;
  awaitable<answer<name_data>> ptr(std::string name, time_point deadline) override;

  /// Who is asked.
  std::vector<net::endpoint> servers() const;

 private:
  struct state;
  std::shared_ptr<state> state_;  // shared with those who wait
};

}  // namespace cbv::dns

#endif
