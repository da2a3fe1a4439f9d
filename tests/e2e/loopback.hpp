// Loopback addresses and ports that a test has for itself.
#ifndef CBV_TESTS_E2E_LOOPBACK_HPP
#define CBV_TESTS_E2E_LOOPBACK_HPP

#include <cstdint>
#include <string>

namespace cbv::e2e {

/// An address of 127.0.0.0/8 that no other test is likely to use at the same time.
std::string own_address();

/// A port on which nothing listens at the address, neither with TCP nor with UDP.
std::uint16_t free_port(const std::string& address);

/// Whether a TCP connection to it is accepted.
bool accepts_tcp(const std::string& address, std::uint16_t port);

}  // namespace cbv::e2e

#endif
