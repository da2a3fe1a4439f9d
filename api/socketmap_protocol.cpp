#include "api/socketmap_protocol.hpp"

#include <utility>

#include "api/edge_address.hpp"
#include "cbv/base/ascii.hpp"

namespace cbv::api {
namespace {

constexpr std::size_t shown_octets_max = 64;

std::string netstring(std::string_view text) {
  return std::to_string(text.size()).append(":").append(text).append(",");
}

std::string_view without_brackets(std::string_view key) {
  if (key.size() < 2 || key.front() != '<' || key.back() != '>') return key;
  return key.substr(1, key.size() - 2);
}

std::optional<role> role_of_map(std::string_view name) {
  if (name == to_string(role::sender)) return role::sender;
  if (name == to_string(role::recipient)) return role::recipient;
  return std::nullopt;
}

edge_request read_look_up(std::string_view text) {
  edge_request whole;
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) {
    whole.otherwise = netstring("PERM expected a map and a key");
    return whole;
  }
  const std::string_view map = text.substr(0, space);
  const std::optional<role> side = role_of_map(map);
  if (!side) {
    whole.otherwise =
        netstring("PERM there is no map " + ascii::printable(map.substr(0, shown_octets_max)) +
                  ", only sender and recipient");
    return whole;
  }
  auto address = address_to_ask(without_brackets(text.substr(space + 1)), spelling::either);
  if (!address) {
    whole.otherwise = netstring("NOTFOUND ");
    return whole;
  }
  query asked;
  asked.address = *std::move(address);
  asked.role = *side;
  asked.by_name = false;
  (*side == role::sender ? whole.sender : whole.recipient) = std::move(asked);
  return whole;
}

}  // namespace

void socketmap_protocol::receive(std::string_view octets) {
  if (fault_.empty()) input_ += octets;
}

std::optional<edge_request> socketmap_protocol::take_request() {
  const std::optional<std::size_t> octets = read_length();
  if (!octets) return std::nullopt;
  const std::size_t begin = input_.find(':') + 1;
  if (input_.size() - begin <= *octets) return std::nullopt;
  if (input_[begin + *octets] != ',') {
    fail("expected a comma after the octets of a netstring");
    return std::nullopt;
  }
  edge_request whole = read_look_up(std::string_view(input_).substr(begin, *octets));
  input_.erase(0, begin + *octets + 1);
  return whole;
}

// How many octets the netstring has; nothing if that is not known yet, or never will be.
std::optional<std::size_t> socketmap_protocol::read_length() {
  std::size_t octets = 0;
  for (std::size_t i = 0; i < input_.size(); ++i) {
    const char digit = input_[i];
    if (digit == ':' && i > 0) return octets;
    const bool leading_zero = i == 1 && octets == 0;
    if (digit < '0' || digit > '9' || leading_zero) {
      fail("expected the length of a netstring, got \"" +
           ascii::printable(std::string_view(input_).substr(0, i + 1)) + "\"");
      return std::nullopt;
    }
    octets = octets * 10 + static_cast<std::size_t>(digit - '0');
    if (octets > options_.request_octets_max) {
      fail("a request of more than " + std::to_string(options_.request_octets_max) + " octets");
      return std::nullopt;
    }
  }
  return std::nullopt;
}

// Which side it is about is said by whoever looked it up.
std::string socketmap_protocol::reply(const advice& given) const {
  const std::string_view text = bare_text(given, role::recipient);
  const bool is_senders = text.size() == given.text.size();
  return netstring("OK " +
                   access_action(given, is_senders ? bare_text(given, role::sender) : text));
}

std::string socketmap_protocol::failure(bool timed_out) const {
  return netstring(timed_out ? "TIMEOUT no answer in time" : "TEMP the question failed");
}

void socketmap_protocol::fail(std::string what) {
  fault_ = std::move(what);
  input_.clear();
}

}  // namespace cbv::api
