// A DNS server on a loopback port of its own, UDP and TCP, that says what a test tells it to say.
#ifndef CBV_TESTS_CBV_DNS_DNS_SERVER_HPP
#define CBV_TESTS_CBV_DNS_DNS_SERVER_HPP

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "cbv/dns/encode.hpp"
#include "cbv/dns/message.hpp"

namespace cbv::dns {

/// Outlives the running of its io_context.
class dns_server {
 public:
  using fill = std::function<void(const message& query, message& response)>;
  using script = std::function<std::vector<std::string>(const message& query, bool is_tcp)>;

  explicit dns_server(boost::asio::io_context& io) : udp_(io), tcp_(io) {
    using boost::asio::ip::tcp;
    using boost::asio::ip::udp;
    const auto loopback = boost::asio::ip::address_v4::loopback();
    // The port that UDP is given may be taken for TCP.
    for (int attempts = 0; !tcp_.is_open(); ++attempts) {
      if (attempts == 100) throw std::runtime_error("no port is free for both UDP and TCP");
      udp_ = udp::socket(io, udp::endpoint(loopback, 0));
      boost::system::error_code taken;
      tcp_.open(tcp::v4());
      tcp_.bind(tcp::endpoint(loopback, udp_.local_endpoint().port()), taken);
      if (taken) {
        tcp_.close();
      } else {
        tcp_.listen();
      }
    }
    udp_.set_option(udp::socket::receive_buffer_size(1 << 20));  // it serves in the asker's thread
    receive();
    accept();
  }

  /// Answers a query with the octets that `how` gives: none, one message, or several.
  void answer_with(script how) { script_ = std::move(how); }

  /// Answers a query with what `what` makes of an empty response to it, truncated where UDP has no
  /// room for it.
  void answer(const fill& what) {
    answer_with([what](const message& query, bool is_tcp) {
      message response = response_to(query);
      response.recursion_available = true;
      what(query, response);
      return std::vector{*encode_message(response, is_tcp ? message_octets_max : udp_limit(query))};
    });
  }

  void stay_silent() {
    answer_with([](const message&, bool) { return std::vector<std::string>(); });
  }

  /// As cares_options takes it.
  std::string address() const {
    return "127.0.0.1:" + std::to_string(udp_.local_endpoint().port());
  }

  std::vector<message> over_udp;
  std::vector<message> over_tcp;

 private:
  struct client {
    explicit client(boost::asio::ip::tcp::socket with) : socket(std::move(with)) {}

    boost::asio::ip::tcp::socket socket;
    std::array<unsigned char, 2> length{};
    std::string octets;
  };

  void receive() {
    udp_.async_receive_from(boost::asio::buffer(datagram_), sender_,
                            [this](const boost::system::error_code& failed, std::size_t size) {
                              if (failed == boost::asio::error::operation_aborted) return;
                              if (!failed) received(std::string(datagram_.data(), size));
                              receive();
                            });
  }

  void received(const std::string& octets) {
    const result<message> query = parse_message(octets);
    if (!query) return;
    over_udp.push_back(*query);
    for (const std::string& response : script_(*query, false)) {
      boost::system::error_code gone;
      udp_.send_to(boost::asio::buffer(response), sender_, 0, gone);
    }
  }

  void accept() {
    tcp_.async_accept(
        [this](const boost::system::error_code& failed, boost::asio::ip::tcp::socket socket) {
          if (failed) return;
          read(std::make_shared<client>(std::move(socket)));
          accept();
        });
  }

  void read(const std::shared_ptr<client>& from) {
    boost::asio::async_read(
        from->socket, boost::asio::buffer(from->length),
        [this, from](const boost::system::error_code& failed, std::size_t) {
          if (failed) return;
          from->octets.resize(static_cast<std::size_t>(from->length[0]) << 8U | from->length[1]);
          boost::asio::async_read(from->socket, boost::asio::buffer(from->octets),
                                  [this, from](const boost::system::error_code& cut, std::size_t) {
                                    if (!cut) read_query(from);
                                  });
        });
  }

  // A script that has nothing to say over TCP closes the connection.
  void read_query(const std::shared_ptr<client>& from) {
    const result<message> query = parse_message(from->octets);
    if (!query) return;
    over_tcp.push_back(*query);
    const std::vector<std::string> responses = script_(*query, true);
    if (responses.empty()) return;
    std::string octets;
    for (const std::string& response : responses) {
      octets += static_cast<char>(response.size() >> 8U & 0xffU);
      octets += static_cast<char>(response.size() & 0xffU);
      octets += response;
    }
    boost::system::error_code gone;
    boost::asio::write(from->socket, boost::asio::buffer(octets), gone);
    if (!gone) read(from);
  }

  boost::asio::ip::udp::socket udp_;
  boost::asio::ip::tcp::acceptor tcp_;
  script script_;
  std::array<char, 4096> datagram_{};
  boost::asio::ip::udp::endpoint sender_;
};

}  // namespace cbv::dns

#endif
