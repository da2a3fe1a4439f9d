#include "api/policy_protocol.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <utility>

#include "api/edge_address.hpp"
#include "cbv/base/ascii.hpp"
#include "cbv/base/error.hpp"
#include "cbv/net/ip_network.hpp"

namespace cbv::api {
namespace {

constexpr std::size_t shown_octets_max = 64;

constexpr std::string_view dunno = "action=DUNNO\n\n";

std::string shown(std::string_view text) {
  return ascii::printable(text.substr(0, shown_octets_max));
}

// Postfix has a word for a name that it does not know.
std::string_view known_name(std::string_view name) {
  return name == "unknown" ? std::string_view() : name;
}

}  // namespace

void policy_protocol::receive(std::string_view octets) {
  if (fault_.empty()) input_ += octets;
}

std::optional<edge_request> policy_protocol::take_request() {
  std::optional<edge_request> whole;
  while (fault_.empty() && !whole) {
    const std::size_t end = input_.find('\n', searched_);
    const std::size_t octets = std::min(end, input_.size()) - taken_;
    if (octets > options_.limits.line_octets_max) {
      fail("a line of more than " + std::to_string(options_.limits.line_octets_max) + " octets");
      break;
    }
    if (end == std::string::npos) {
      searched_ = input_.size();
      break;
    }
    const std::string_view line = std::string_view(input_).substr(taken_, octets);
    taken_ = searched_ = end + 1;
    request_octets_ += octets + 1;
    if (request_octets_ > options_.limits.request_octets_max) {
      fail("a request of more than " + std::to_string(options_.limits.request_octets_max) +
           " octets");
    } else if (line.empty()) {
      whole = finish_request();
    } else {
      take_attribute(line);
    }
  }
  if (!fault_.empty()) {
    input_.clear();
    return std::nullopt;
  }
  input_.erase(0, taken_);
  searched_ -= taken_;
  taken_ = 0;
  return whole;
}

void policy_protocol::take_attribute(std::string_view line) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos || equals == 0) {
    return fail("expected name=value, got \"" + shown(line) + "\"");
  }
  if (line.find('\0') != std::string_view::npos) return fail("a NUL in an attribute");
  if (++attributes_ > options_.limits.attributes_max) {
    return fail("more than " + std::to_string(options_.limits.attributes_max) + " attributes");
  }
  const auto* const known =
      std::find(attribute_names.begin(), attribute_names.end(), line.substr(0, equals));
  if (known == attribute_names.end()) return;
  auto& value = values_.at(static_cast<std::size_t>(known - attribute_names.begin()));
  if (!value) value = line.substr(equals + 1);
}

std::optional<edge_request> policy_protocol::finish_request() {
  if (value_of(request) != "smtpd_access_policy") {
    fail("expected request=smtpd_access_policy, got \"" + shown(value_of(request)) + "\"");
    return std::nullopt;
  }
  edge_request whole;
  whole.otherwise = dunno;
  whole.instance = value_of(instance);
  if (value_of(protocol_state) == "RCPT") {
    if (options_.ask_envelope) {
      whole.envelope = envelope_question();
    } else {
      ask_sides(whole);
    }
  }
  values_ = {};
  request_octets_ = 0;
  attributes_ = 0;
  return whole;
}

void policy_protocol::ask_sides(edge_request& whole) const {
  if (options_.ask_sender) {
    if (auto address = address_to_ask(value_of(sender), spelling::unquoted))
      whole.sender = question(role::sender, *std::move(address));
  }
  if (options_.ask_recipient) {
    if (auto address = address_to_ask(value_of(recipient), spelling::unquoted))
      whole.recipient = question(role::recipient, *std::move(address));
  }
}

envelope::question policy_protocol::envelope_question() const {
  envelope::question asked;
  checks::envelope& about = asked.about;
  error_code no_address;
  const std::string client(value_of(client_address));
  const auto address = boost::asio::ip::make_address(client, no_address);
  if (!no_address) about.client = net::unmapped(address);
  about.client_name = known_name(value_of(client_name));
  about.reverse_client_name = known_name(value_of(reverse_client_name));
  about.helo = value_of(helo_name);
  about.instance = value_of(policy_protocol::instance);
  about.authenticated = !value_of(sasl_username).empty();
  about.tls = !value_of(encryption_protocol).empty();
  const auto take_path = [](std::string_view given, std::string& into, bool& is_whole) {
    auto whole = address_to_ask(given, spelling::unquoted);
    is_whole = whole.has_value() || given.empty();
    into = whole ? *std::move(whole) : std::string(given);
  };
  take_path(value_of(sender), about.sender, asked.is_sender_whole);
  take_path(value_of(recipient), about.recipient, asked.is_recipient_whole);
  asked.asks_sender = options_.ask_sender;
  asked.asks_recipient = options_.ask_recipient;
  return asked;
}

query policy_protocol::question(role side, std::string address) const {
  query asked;
  asked.address = std::move(address);
  asked.role = side;
  asked.client_ip = value_of(client_address);
  asked.helo = value_of(helo_name);
  asked.by_name = false;
  return asked;
}

std::string_view policy_protocol::value_of(attribute which) const {
  const std::optional<std::string>& value = values_.at(which);
  return value ? std::string_view(*value) : std::string_view();
}

// Postfix says of itself that it rejects the recipient; where it is for the sender, the text says
// so. DEFER_IF_PERMIT and not the code itself: what a later restriction would reject for good is
// not asked to come again.
std::string policy_protocol::reply(const advice& given) const {
  std::string line = access_action(given, bare_text(given, role::recipient));
  constexpr std::string_view defer = "450 ";
  if (given.action == action::defer && line.starts_with(defer))
    line.replace(0, defer.size(), "DEFER_IF_PERMIT ");
  return "action=" + line + "\n\n";
}

}  // namespace cbv::api
