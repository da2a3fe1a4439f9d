// The socket map protocol of Postfix (socketmap_table(5)) and Sendmail, without I/O.
//
//     request := netstring(NAME SP KEY)
//     reply   := netstring("OK " DATA | "NOTFOUND " | "TEMP " WHY | "TIMEOUT " WHY | "PERM " WHY)
#ifndef CBV_API_SOCKETMAP_PROTOCOL_HPP
#define CBV_API_SOCKETMAP_PROTOCOL_HPP

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "api/edge_protocol.hpp"

namespace cbv::api {

struct socketmap_options {
  std::size_t request_octets_max = 10'000;  // Postfix sends no more; beyond it there is a fault
};

/// Two maps, `sender` and `recipient`. The key is an address, as Postfix or Sendmail spells it, in
/// angle brackets or not; found is an action for an access table. Keys that are parts of an address
/// are not found.
class socketmap_protocol final : public edge_protocol {
 public:
  explicit socketmap_protocol(const socketmap_options& options) : options_(options) {}

  std::string_view name() const noexcept override { return "socketmap"; }
  void receive(std::string_view octets) override;
  std::optional<edge_request> take_request() override;
  const std::string& fault() const noexcept override { return fault_; }

  /// "OK " and something in any case: some readers crash on less.
  std::string reply(const advice& given) const override;
  std::string failure(bool timed_out) const override;

 private:
  std::optional<std::size_t> read_length();
  void fail(std::string what);

  const socketmap_options options_;
  std::string input_;
  std::string fault_;
};

}  // namespace cbv::api

#endif
