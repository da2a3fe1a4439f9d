#include "cbv/callout/routes.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <charconv>
#include <optional>

#include "cbv/address/name_pattern.hpp"
#include "cbv/base/ascii.hpp"

namespace cbv::callout {
namespace {

namespace ip = boost::asio::ip;

constexpr std::string_view smtp_scheme = "smtp://";
constexpr std::string_view lmtp_scheme = "lmtp://";
constexpr std::string_view local_scheme = "lmtp+unix:";
constexpr std::size_t socket_path_octets_max = 107;  // sockaddr_un, without its NUL

parsed<route_target> parse_socket(std::string_view text) {
  const std::string_view path = text.substr(local_scheme.size());
  const std::size_t first = local_scheme.size() + 1;
  if (!path.starts_with('/')) return syntax_error{"the path does not begin with /", first};
  if (path.size() > socket_path_octets_max) {
    return syntax_error{
        "the path has more than " + std::to_string(socket_path_octets_max) + " octets",
        first + socket_path_octets_max};
  }
  if (path.find('\0') != std::string_view::npos) {
    return syntax_error{"the path has a NUL in it", first + path.find('\0')};
  }
  route_target server;
  server.protocol = transfer_protocol::lmtp;
  server.port = 0;
  server.path = path;
  return server;
}

// A name or an IP address; an IPv6 address without its brackets.
parsed<std::string> parse_host(std::string_view text, std::size_t first) {
  if (text.empty()) return syntax_error{"the host is missing", first};
  const bool bracketed = text.starts_with('[');
  const std::string_view inside = bracketed ? text.substr(1, text.size() - 2) : text;
  boost::system::error_code wrong;
  const auto address = ip::make_address(inside, wrong);
  if (bracketed && (wrong || !address.is_v6() || address.to_v6().scope_id() != 0)) {
    return syntax_error{"what is in brackets is no IPv6 address", first + 1};
  }
  if (!wrong) return address.to_string();
  const auto name = domain::parse(text, first);
  if (!name) return name.error();
  return name->text();
}

parsed<std::uint16_t> parse_port(std::string_view digits, std::size_t first) {
  std::uint16_t port = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, failed] = std::from_chars(digits.data(), end, port);
  if (failed != std::errc() || stop != end || port == 0) {
    return syntax_error{"the port is not a number from 1 to 65535", first};
  }
  return port;
}

parsed<route_target> parse_server(std::string_view text, std::string_view scheme) {
  route_target server;
  server.protocol = scheme == lmtp_scheme ? transfer_protocol::lmtp : transfer_protocol::smtp;
  std::string_view rest = text.substr(scheme.size());
  if (rest.ends_with('/')) rest.remove_suffix(1);
  std::size_t host_octets = std::min(rest.find(':'), rest.size());
  if (rest.starts_with('[')) {
    const std::size_t bracket = rest.find(']');
    if (bracket == std::string_view::npos) {
      return syntax_error{"\"]\" is missing", scheme.size() + rest.size() + 1};
    }
    host_octets = bracket + 1;
  } else if (rest.find(':') != rest.rfind(':')) {
    return syntax_error{"an IPv6 address stands in brackets", scheme.size() + 1};
  }
  const auto host = parse_host(rest.substr(0, host_octets), scheme.size() + 1);
  if (!host) return host.error();
  server.host = *host;
  const std::size_t after_host = scheme.size() + host_octets + 1;
  rest.remove_prefix(host_octets);
  if (rest.empty()) {
    if (server.protocol == transfer_protocol::smtp) return server;
    return syntax_error{"LMTP has no port of its own: expected lmtp://HOST:PORT", after_host};
  }
  if (!rest.starts_with(':')) return syntax_error{"expected \":\" and a port", after_host};
  const auto port = parse_port(rest.substr(1), after_host + 1);
  if (!port) return port.error();
  server.port = *port;
  return server;
}

bool is_local(const route_target& server) {
  return !server.path.empty();
}

// With "-" as delimiter, mailing lists have names that only look like NAME-DETAIL.
bool is_list_name(std::string_view local_part) {
  constexpr std::string_view request = "-request";
  return ascii::istarts_with(local_part, "owner-") ||
         (local_part.size() > request.size() &&
          ascii::iequals(local_part.substr(local_part.size() - request.size()), request));
}

}  // namespace

parsed<route_target> routes::parse_target(std::string_view text) {
  if (text.starts_with(local_scheme)) return parse_socket(text);
  for (const std::string_view scheme : {smtp_scheme, lmtp_scheme}) {
    if (text.starts_with(scheme)) return parse_server(text, scheme);
  }
  return syntax_error{"it begins neither with smtp:// nor lmtp:// nor lmtp+unix:", 1};
}

parsed<std::string> routes::parse_domain(std::string_view text) {
  if (text == "*") return std::string(text);
  if (text.starts_with('.')) return syntax_error{"a leading dot is not allowed here", 1};
  const auto pattern = name_pattern::parse(text);
  if (!pattern) return pattern.error();
  return pattern->text();
}

bool routes::add(const route& one) {
  return by_domain_.try_emplace(one.domain, one).second;
}

const route* routes::find(const domain& asked) const {
  if (by_domain_.empty()) return nullptr;
  const auto look_up = [this](const std::string& pattern) -> const route* {
    const auto found = by_domain_.find(pattern);
    return found == by_domain_.end() ? nullptr : &found->second;
  };
  const std::string& name = asked.text();
  if (const route* own = look_up(name)) return own;
  // Labels of a name; a literal has none, and no pattern is like what is behind its dots.
  for (std::size_t dot = name.find('.'); dot != std::string::npos; dot = name.find('.', dot + 1)) {
    if (const route* above = look_up('*' + name.substr(dot))) return above;
  }
  return look_up("*");
}

std::vector<mailbox> routes::senders() const {
  std::vector<mailbox> all;
  for (const auto& [of, one] : by_domain_) {
    if (!one.mail_from || !*one.mail_from) continue;
    const mailbox& sender = **one.mail_from;
    if (std::find(all.begin(), all.end(), sender) == all.end()) all.push_back(sender);
  }
  return all;
}

std::vector<std::string> contradictions(const route& one) {
  std::vector<std::string> wrong;
  const bool some_local = std::any_of(one.to.begin(), one.to.end(), is_local);
  const bool all_local = std::all_of(one.to.begin(), one.to.end(), is_local);
  const bool tls_needed = one.tls == smtp::tls_policy::need || one.tls == smtp::tls_policy::verify;
  if (one.domain.empty()) wrong.emplace_back("domain: expected at least one, got none");
  if (one.to.empty()) wrong.emplace_back("to: expected at least one server, got none");
  if (one.auth && (one.auth->user.empty() || one.auth->password.empty())) {
    wrong.emplace_back("user: expected user and password, got only one of them");
  }
  if (one.auth && one.tls == smtp::tls_policy::never && !all_local) {
    wrong.emplace_back(
        "user: expected tls to be another than never, as a password is not sent in clear");
  }
  if (tls_needed && some_local) {
    wrong.emplace_back("tls: expected never or may, as there is no TLS on a unix socket");
  }
  return wrong;
}

std::string to_string(const route_target& server) {
  if (is_local(server)) return std::string(local_scheme) + server.path;
  std::string text(server.protocol == transfer_protocol::lmtp ? lmtp_scheme : smtp_scheme);
  const bool is_v6 = server.host.find(':') != std::string::npos;
  text += is_v6 ? '[' + server.host + ']' : server.host;
  return text + ':' + std::to_string(server.port);
}

mailbox probed_mailbox(const mailbox& received, const route& by) {
  const std::string& local_part = received.local_part();
  const std::string& delimiters = by.recipient_delimiter;
  if (delimiters.empty() || local_part.starts_with('"')) return received;
  if (delimiters.find('-') != std::string::npos && is_list_name(local_part)) return received;
  const std::size_t detail = local_part.find_first_of(delimiters, 1);
  if (detail == std::string::npos) return received;
  const auto without = parse_mailbox(local_part.substr(0, detail) + '@' + received.domain().text());
  return without ? *without : received;
}

}  // namespace cbv::callout
