// The client's end of TLS, fed with whatever a host may send.
//
// The first octet seeds the cutting of the rest into pieces. A host that has no key to what we say
// never gets the machine open, nor past its limits, and a machine that failed says why.
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cbv/base/clock.hpp"
#include "cbv/net/tls_client.hpp"

namespace {

using namespace cbv;

void require(bool holds) {
  if (!holds) std::abort();
}

class still_clock final : public clock {
 public:
  time_point now() const noexcept override { return time_point(std::chrono::hours(1)); }
  wall_time wall_now() const noexcept override {
    return wall_time(std::chrono::seconds(1'795'262'400));
  }
};

void check(net::tls_machine& machine) {
  require(machine.at() != net::tls_machine::phase::open);
  require((machine.at() == net::tls_machine::phase::failed) != machine.failure().empty());
  std::array<char, 64> piece{};
  require(machine.read(piece) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  static const still_clock time;
  static net::tls_client client(time);
  net::tls_request asked;
  asked.server_name = "mx1.example.net";
  asked.verify = data[0] % 2 == 1;
  const auto machine = client.begin(asked);
  require(!machine->take_output().empty());

  std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::uint32_t seed = data[0];
  while (!bytes.empty()) {
    seed = seed * 1664525U + 1013904223U;
    const std::size_t piece = std::min<std::size_t>(bytes.size(), 1 + (seed >> 16U) % 400);
    machine->receive(bytes.substr(0, piece));
    bytes.remove_prefix(piece);
    check(*machine);
    require(machine->take_output().size() <= net::tls_answer_octets_max);
  }
  machine->receive_end();
  check(*machine);
  return 0;
}
