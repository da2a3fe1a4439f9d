// Postfix's policy delegation protocol (SMTPD_POLICY_README), without I/O.
//
//     request := (name "=" value LF)* LF
//     reply   := "action=" ACTION LF LF
#ifndef CBV_API_POLICY_PROTOCOL_HPP
#define CBV_API_POLICY_PROTOCOL_HPP

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "api/edge_protocol.hpp"

namespace cbv::api {

/// What a client may send; beyond it there is a fault.
struct policy_limits {
  std::size_t line_octets_max = 16'384;     // without its end
  std::size_t request_octets_max = 65'536;  // all lines with their ends
  std::size_t attributes_max = 256;
};

struct policy_options {
  policy_limits limits;
  bool ask_sender = true;
  bool ask_recipient = true;
  bool ask_envelope = false;  // about it as a whole; of its sides then as the two above have it
};

/// Reads requests in any pieces. Attributes that it has no use for are ignored; of one that comes
/// twice the first counts. Questions are asked at protocol_state RCPT only; all other states are
/// answered with DUNNO.
class policy_protocol final : public edge_protocol {
 public:
  explicit policy_protocol(const policy_options& options) : options_(options) {}

  std::string_view name() const noexcept override { return "policy_service"; }
  void receive(std::string_view octets) override;
  std::optional<edge_request> take_request() override;
  const std::string& fault() const noexcept override { return fault_; }
  std::string reply(const advice& given) const override;

  /// Nothing: Postfix wants its server to hang up in trouble, and does what its settings say.
  std::string failure(bool /*timed_out*/) const override { return {}; }

 private:
  enum attribute : std::size_t {
    request,
    protocol_state,
    sender,
    recipient,
    instance,
    client_address,
    helo_name,
    client_name,
    reverse_client_name,
    sasl_username,
    encryption_protocol,
    attributes_known
  };
  static constexpr std::array<std::string_view, attributes_known> attribute_names{
      "request",       "protocol_state",     "sender",
      "recipient",     "instance",           "client_address",
      "helo_name",     "client_name",        "reverse_client_name",
      "sasl_username", "encryption_protocol"};
  using attribute_values = std::array<std::optional<std::string>, attributes_known>;

  void take_attribute(std::string_view line);
  std::optional<edge_request> finish_request();
  void ask_sides(edge_request& whole) const;
  envelope::question envelope_question() const;
  query question(role side, std::string address) const;
  std::string_view value_of(attribute which) const;
  void fail(std::string what) { fault_ = std::move(what); }

  const policy_options options_;
  std::string input_;         // begins with the lines of which not all were taken
  std::size_t taken_ = 0;     // of it: whole lines
  std::size_t searched_ = 0;  // of it: no line ends between taken_ and here
  std::size_t request_octets_ = 0;
  std::size_t attributes_ = 0;
  attribute_values values_;
  std::string fault_;
};

}  // namespace cbv::api

#endif
