// One DNS server, spoken to through c-ares on the descriptors of Boost.Asio.
//
// c-ares brings query ids, UDP and TCP, truncation and EDNS. It gets one server a channel and one
// try a question: whom to ask next is decided above it (cares_resolver), where a server that
// answers with trouble is seen as well as one that is silent.
#ifndef CBV_DNS_CARES_CHANNEL_HPP
#define CBV_DNS_CARES_CHANNEL_HPP

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "cbv/async/awaitable.hpp"
#include "cbv/base/result.hpp"
#include "cbv/dns/record.hpp"
#include "cbv/net/endpoint.hpp"

struct ares_channeldata;

namespace cbv::dns {

/// Belongs to one thread, that of its executor. Made by make_shared: shared by its owner, who
/// closes it, and by the handlers that wait for its descriptors.
class cares_channel : public std::enable_shared_from_this<cares_channel> {
 public:
  /// Waits `timeout` for an answer over UDP, and again over TCP. Throws std::bad_alloc or
  /// std::runtime_error.
  cares_channel(const asio::any_io_executor& on, const net::endpoint& server,
                std::chrono::milliseconds timeout);
  cares_channel(const cares_channel&) = delete;
  cares_channel& operator=(const cares_channel&) = delete;
  ~cares_channel();

  /// The octets of the server's answer, whatever its response code. `name` is in text as
  /// read_name() (name.hpp) gives it, without NUL octets. errc::timed_out, errc::not_available
  /// (nobody there, the connection broke), errc::message_malformed (a name that cannot be asked
  /// for) and asio::error::operation_aborted (closed). A cancelled asker leaves the question to
  /// c-ares and throws.
  awaitable<result<std::string>> ask(std::string name, record_type type);

  /// Ends all questions. To be called before the io_context goes.
  void close();

 private:
  struct pending;
  struct watched;
  struct ares_deleter {
    void operator()(ares_channeldata* channel) const;
  };

  void send(const std::string& name, record_type type, const std::shared_ptr<pending>& asked);
  void answered();

  // What c-ares calls.
  static void on_socket(void* self, int descriptor, int readable, int writable);
  static void on_answer(void* asked, int status, int timeouts, unsigned char* octets, int size);

  void watch(int descriptor, bool readable, bool writable);
  void wait_readable(const std::shared_ptr<watched>& socket);
  void wait_writable(const std::shared_ptr<watched>& socket);
  void wait_for_timeouts(std::chrono::microseconds at_most);

  asio::any_io_executor executor_;
  std::chrono::milliseconds timeout_;
  asio::steady_timer timer_;  // real time, as c-ares reads the clock itself
  bool timer_runs_ = false;
  std::size_t open_questions_ = 0;
  std::unordered_map<int, std::shared_ptr<watched>> sockets_;
  std::unique_ptr<ares_channeldata, ares_deleter> ares_;  // null once closed
};

/// The servers of a resolv.conf(5); 127.0.0.1 if it names none.
std::vector<net::endpoint> read_resolv_conf(const std::string& path);

}  // namespace cbv::dns

#endif
