#include "cbv/net/own_address.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>

namespace cbv::net {

result<boost::asio::ip::address> own_address_towards(const boost::asio::ip::address& far) {
  using boost::asio::ip::udp;
  boost::asio::io_context io(1);
  udp::socket socket(io);
  const udp::endpoint there(far, 25);
  error_code failed;
  socket.open(there.protocol(), failed);
  if (!failed) socket.connect(there, failed);
  if (failed) return failed;
  const udp::endpoint here = socket.local_endpoint(failed);
  if (failed) return failed;
  return here.address();
}

}  // namespace cbv::net
