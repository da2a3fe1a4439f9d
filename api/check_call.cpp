#include "api/check_call.hpp"

#include <array>
#include <boost/asio/ip/address.hpp>
#include <string>

#include "cbv/base/error.hpp"
#include "cbv/net/ip_network.hpp"

namespace cbv::api {
namespace {

using envelope::question;

// An address, or an empty text where the edge knows none.
taken take_client_ip(const json_member& given, question& into) {
  std::string text;
  if (taken bad = take_text(given, text)) return bad;
  if (text.empty()) return {};
  error_code no_address;
  const auto address = boost::asio::ip::make_address(text, no_address);
  if (no_address) return wrong(given.name, "expected an IP address, got \"" + shown(text) + '"');
  into.about.client = net::unmapped(address);
  return {};
}
taken take_client_name(const json_member& given, question& into) {
  return take_text(given, into.about.client_name);
}
taken take_reverse_client_name(const json_member& given, question& into) {
  return take_text(given, into.about.reverse_client_name);
}
taken take_helo(const json_member& given, question& into) {
  return take_text(given, into.about.helo);
}
taken take_sender(const json_member& given, question& into) {
  if (taken bad = take_text(given, into.about.sender)) return bad;
  if (into.about.sender == "<>") into.about.sender.clear();
  into.is_sender_whole = true;
  return {};
}
taken take_recipient(const json_member& given, question& into) {
  into.is_recipient_whole = true;
  return take_text(given, into.about.recipient);
}
taken take_instance(const json_member& given, question& into) {
  return take_text(given, into.about.instance);
}
taken take_authenticated(const json_member& given, question& into) {
  return take_truth(given, into.about.authenticated);
}
taken take_tls(const json_member& given, question& into) {
  return take_truth(given, into.about.tls);
}
taken take_wait_ms(const json_member& given, question& into) {
  return take_wait(given, into.wait);
}

constexpr std::array<param<question>, 10> check_params{{
    {"client_ip", take_client_ip},
    {"client_name", take_client_name},
    {"reverse_client_name", take_reverse_client_name},
    {"helo", take_helo},
    {"sender", take_sender},
    {"recipient", take_recipient},
    {"instance", take_instance},
    {"authenticated", take_authenticated},
    {"tls", take_tls},
    {"wait_ms", take_wait_ms},
}};

}  // namespace

taken read_check_call(const request& asked, question& into) {
  into.is_sender_whole = false;
  into.is_recipient_whole = false;
  std::array<bool, check_params.size()> seen{};
  return read_params(asked, check_params, into, seen);
}

}  // namespace cbv::api
