#include "tests/e2e/dialogue.hpp"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <stdexcept>

namespace cbv::e2e {

namespace asio = boost::asio;

namespace {

constexpr auto longest_wait = std::chrono::seconds(60);  // for a reply, far above what one takes

template <class Stream>
std::unique_ptr<std::iostream> connect(const typename Stream::endpoint_type& to) {
  auto stream = std::make_unique<Stream>();
  stream->expires_after(longest_wait);
  stream->connect(to);
  if (!*stream) throw std::runtime_error("cannot connect: " + stream->error().message());
  return stream;
}

}  // namespace

dialogue::dialogue(const std::string& address, std::uint16_t port)
    : server_(connect<asio::ip::tcp::iostream>({asio::ip::make_address(address), port})),
      greeting_(hear()) {}

dialogue::dialogue(const std::filesystem::path& socket)
    : server_(connect<asio::local::stream_protocol::iostream>(socket.string())),
      greeting_(hear()) {}

std::string dialogue::say(const std::string& command) {
  *server_ << command << "\r\n" << std::flush;
  return hear();
}

std::string dialogue::hear() {
  std::string reply;
  for (std::string line; std::getline(*server_, line);) {
    if (line.ends_with('\r')) line.pop_back();
    if (!reply.empty()) reply += '\n';
    reply += line;
    if (line.size() < 4 || line[3] != '-') break;
  }
  return reply;
}

}  // namespace cbv::e2e
