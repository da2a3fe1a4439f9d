#include "tests/e2e/loopback.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/udp.hpp>
#include <random>

namespace cbv::e2e {

namespace asio = boost::asio;

std::string own_address() {
  std::random_device random;
  std::uniform_int_distribution<int> octet(1, 254);
  // 127.0.x.y is left to others: name servers and resolvers of the machine like to live there.
  return "127." + std::to_string(octet(random)) + "." + std::to_string(octet(random)) + "." +
         std::to_string(octet(random));
}

std::uint16_t free_port(const std::string& address) {
  asio::io_context io;
  const auto ip = asio::ip::make_address(address);
  for (;;) {
    const asio::ip::tcp::acceptor tcp(io, {ip, 0});
    const auto port = tcp.local_endpoint().port();
    boost::system::error_code taken;
    asio::ip::udp::socket udp(io, asio::ip::udp::v4());
    udp.bind({ip, port}, taken);
    if (!taken) return port;
  }
}

bool accepts_tcp(const std::string& address, std::uint16_t port) {
  asio::io_context io;
  asio::ip::tcp::socket socket(io);
  boost::system::error_code refused;
  socket.connect({asio::ip::make_address(address), port}, refused);
  return !refused;
}

}  // namespace cbv::e2e
